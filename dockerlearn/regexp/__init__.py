"""Regular expressions with the syntax and meaning of Go's `regexp` (RE2), in time proportional to the text.

It imports from the model.

There are three steps, each a module. `syntax` reads an expression; `nfa` makes a nondeterministic automaton of it,
which may go several ways at once; `dfa` runs that as a deterministic one, and `matcher`
puts them together. Nothing is tried twice, unlike in Perl or
Python, where `(a+)+b` takes twice as long for each further `a`. The price is that there are neither back references
nor look-around. Go has none either. Russ Cox explains it all: https://swtch.com/~rsc/regexp/
"""
