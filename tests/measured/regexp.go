// Records what Go's regexp package makes of expressions, in the file that is named:
//
//	go run tests/measured/regexp.go tests/measured/regexp.json
//
// Each line of the file has an expression and texts. The recorder completes it, or corrects it, with what the expression
// finds in each text, or with Go's error. Of matches that overlap it finds the leftmost, and of these the longest, as
// POSIX has it. To add an expression, add a line such as {"expression":"a+","found":{"baa":null}} and record again.
package main

import (
	"bytes"
	"encoding/json"
	"log"
	"os"
	"regexp"
)

type line struct {
	Expression string              `json:"expression"`
	Error      string              `json:"error,omitempty"`
	Found      map[string][]string `json:"found,omitempty"`
}

func record(each *line) {
	each.Error = ""
	expression, err := regexp.Compile(each.Expression)
	if err != nil {
		each.Error = err.Error()
		each.Found = nil
		return
	}
	expression.Longest()
	for text := range each.Found {
		each.Found[text] = expression.FindAllString(text, -1)
	}
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var lines []line
	if err := json.Unmarshal(text, &lines); err != nil {
		log.Fatal(err)
	}
	out := bytes.NewBufferString("[\n")
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for number := range lines {
		record(&lines[number])
		if err := encoder.Encode(lines[number]); err != nil {
			log.Fatal(err)
		}
		if number < len(lines)-1 {
			out.Truncate(out.Len() - 1) // the end of the line, which a comma comes before
			out.WriteString(",\n")
		}
	}
	out.WriteString("]\n")
	if err := os.WriteFile(os.Args[1], out.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}
