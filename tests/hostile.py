"""Lines that somebody could type and that once ran away, or could: each is to be answered soon, and to leave all whole.

`LINES` has them by the way in which they are hostile. They are typed one after the other on a machine with a server `web`
and a box `box`, and some leave things behind for those after them.
"""

PREPARED = (
    "docker run -d --name web -p 8080:80 nginx",
    "docker run -dit --name box alpine",
    "docker exec box true",
    "echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab > a; seq 10000 > numbers; head -c 100000 /dev/zero > zeros",
)

BACKTRACKING = (
    "(a+)+_", "(a|aa)+$", "(a|a)*b", "(.*)*x", "a*a*a*a*a*a*a*a*b", "(a?){40}a{40}", "((a*)*)*c", "^(([a-z])+.)+[A-Z]",
    "(a|aa)" * 30 + "c", ".*.*.*.*.*.*.*.*b", "(x+x+)+y", "(.+)+(.+)+(.+)+=", "a{1000}", "(a{1000}){1000}", "a{99999999999}",
    "(" * 3000 + ")" * 3000, "[" * 3000, "[[a]", "[a-\\", "\\", "(?=web)", "(?<!a)b", "(?P<n>a)(?P=n)", "\\1", "a**", "+", "{",
    "[[:alpha:][:bogus:]]", "\\p{Greek}", "\\x{110000}", "(?i)" * 500 + "a", "|" * 4000, "a|" * 2000, ".{0,1000}.{0,1000}b",
)  # fmt: skip
MASKED = "{{range $.HostConfig.MaskedPaths}}"
ENV = "{{range $.Config.Env}}"
TEMPLATES = (
    *(MASKED * depth + "x" + "{{end}}" * depth for depth in (2, 4, 6, 7, 20, 60, 200)),
    *(ENV * depth + "{{json $}}" + "{{end}}" * depth for depth in (4, 8, 16)),
    '{{$x := "abcdefgh"}}' + "{{$x = print $x $x}}" * 40,
    '{{$x := "abcdefgh"}}' + "{{$x = printf `%s%s` $x $x}}" * 30 + "{{len $x}}",
    '{{$x := "a"}}' + MASKED * 3 + "{{$x = print $x $x}}" + "{{end}}" * 3,
    "{{" + "(" * 3000 + ".Id" + ")" * 3000 + "}}",
    "{{" + "not " * 3000 + ".Id}}",
    "{{if .Id}}" * 500 + "{{end}}" * 500,
    "{{.Id | " + "print | " * 400 + "print}}",
    "{{printf `%999.999s` .Id}}" * 90,
    "{{pad .Id 999999999 999999999}}",
    "{{slice .Id 99999999999999999999 1}}",
    "{{index .Config.Env 99999999999999999999999999}}",
    "{{index .Config.Env -1}}",
    "{{truncate .Id 99999999999999999}}",
    "{{range $i, $e := (split .Id ``)}}{{range (split $.Id ``)}}{{range (split $.Id ``)}}{{$e}}{{end}}{{end}}{{end}}",
    "{{/*" + "x" * 9000,
    "{{`" + "`" * 999,
    "{{end}}" * 999,
    "{{with $}}" * 90 + "{{json .}}" + "{{end}}" * 90,
    "{{.Id" + ".x" * 3000 + "}}",
    "{{define `a`}}{{template `a`}}{{end}}{{template `a`}}",
)
LOOPS = (
    "true", ":", "x=1", "x=$x$x", "x=a$x", "echo", "echo a >> grown", "cat numbers", "cat numbers >> grown", "seq 10000", "sort numbers",
    "seq 10000 | sort -nr | uniq -c | tail -1", "docker ps -a", "docker ps -q", "docker images", "docker inspect box",
    "docker system df", "docker exec box ls", "docker exec box sh -c true", "docker run --rm alpine true", "docker create alpine",
    "docker run -d alpine sleep 9", "docker ps -a --filter name=b", "docker inspect web box web box", "grep 9 numbers",
    "grep -E '(1|2)*9' numbers", "cut -c1-3 numbers", "wc numbers", "head -c 100000 zeros", "docker pull nginx", "docker history nginx",
    "docker cp numbers box:/tmp/n", "docker rename box box2; docker rename box2 box", "docker commit box x; docker rmi x", "curl -s localhost:8080",
    "docker logs web", "docker diff box", "docker stop -t 0 box; docker start box", "docker --help", "docker help run", "nosuch", "$x",
    f"grep -E '{'(a|aa)' * 30}c' a", f"docker ps -a --filter 'name={'(a|aa)' * 30}c'", "grep . numbers", "uniq -c numbers", "docker version",
    f"grep -E '{'(' * 3000}' a", f"docker ps --filter 'name={'(' * 3000}'", f"docker ps --filter 'name={'x{1000}' * 21}'", "docker start web web box",
    "docker exec box sh -c 'cp -r /bin /a; cp -r /a /c; rm -r /a'; docker diff box; docker commit box x; docker rmi x",
    "docker exec web sh -c 'rm -r /d; mkdir -p /d/d/d/d'", "docker exec web cp -r / /copy", f"docker exec box mkdir -p {'d/' * 90}",
    "docker system df -v", f"docker inspect -f '{MASKED * 3}x{'{{end}}' * 3}' box", "docker ps --format '{{range split .ID ``}}{{.}}{{end}}'",
)  # fmt: skip
# Loops that are played as far as somebody looks, those whose rounds are alike and those that differ for ever.
BUSY = (
    "while true; do date; sleep 1; done",
    "i=0; while true; do i=$((i+1)); echo tick $i; sleep 1; done",
    "while true; do date >> /log; sleep 1; done",
    "while true; do echo $(date); sleep 0.1; done",
    "i=0; while true; do i=$(( (i+1) % 100 )); echo $i; sleep 0.001; done",
    "x=a; while true; do x=a$x; echo $x; sleep 100; done",
    "while true; do sh -c date; sleep 1; done",
    "while true; do seq 10000; sleep 1; done",
    "while true; do mkdir -p /a/b/c; rm -r /a; sleep 0.01; done",
    "i=0; while true; do i=$((i+1)); echo $i | sh -c cat; sleep 1; done",
)
IN_A_CONTAINER = (
    *(f"while true; do {body}; done" for body in (
        "true", "x=a$x", "date", "echo a >> /a", "seq 10000", "seq 10000 >> /b", "ls /", "sh -c true", "touch /t; rm /t", "mkdir -p /m/m/m; rm -r /m",
        "cp -r /etc /e; rm -r /e", "cat /b", "sleep 0", "sleep 0.001", "sleep 0.0000001", "cat /etc/passwd | sort | uniq | wc -l", "false", "nosuch",
        "x=$(seq 1000)", "sh -c \"sh -c true\"", "trap : TERM", "env", "head -c 1000000 /dev/zero", "head -c 1000000 /dev/zero >> /z",
    )),
    "echo sh /f > /f; sh /f", "echo /f > /f; chmod +x /f; /f", "echo exec sh /f > /f; sh /f", "echo sh /f | cat > /f; sh /f",
    "echo \"sh /f | sh /f\" > /f; sh /f", "echo \"sh /f; sh /f\" > /f; sh /f", "echo \"for i in 1 2 3; do sh /f; done\" > /f; sh /f",
    "echo \"sh /g\" > /f; echo \"sh /f\" > /g; sh /f", "echo \"x=\\$(sh /f)\" > /f; sh /f", "x=sh; $x -c \"$x -c $x\"",
    "mkdir -p /" + "d/" * 150, "mkdir -p /" + "d/" * 250, "mkdir -p /" + "d/" * 2000, "mkdir -p /a/" + "d/" * 150 + "; mkdir -p /b/" + "d/" * 100
    + "; mv /a /b/" + "d/" * 100, "mkdir /r; for i in $(seq 60); do cp -r /r /s; mv /s /r/; done", "for i in $(seq 2000); do touch /many$i; done",
    "for i in $(seq 300); do mkdir -p /x; mv /x /y$i; mkdir /x; mv /y$i /x/; done", "touch /" + "n" * 300, "touch /" + "n" * 255, "touch /" + "é" * 200,
    "ln -s /l /l; cat /l; ls /l; touch /l/x; rm -r /l", "ln -s /p /q; ln -s /q /p; cp -r /p /s", "touch /.wh.x /.wh..wh..opq; ls -a /", "rm -rf /; ls /", "rm -rf /bin; ls",
    "mv /bin/busybox /x; ls", "cp -r / /copy", "mkdir /c; cp -r /c /c/c", "mv / /x", "rm -r /proc /sys /dev", "chmod 0 /; ls /", "cat /dev/zero", "cat",
    "head -c 10000000 /dev/zero", "head -c 99999999999 /dev/zero", "seq 99999999999", "seq 1 0", "sleep 99999999999", "sleep 1d", "exit 99999999999999999999", "trap 'sh /f' EXIT TERM",
    "exec exec exec sh", "exec sh -c 'exec sh -c exec'", "export A=1", "eval $(seq 1000)", ":(){ :|:& };:", "while :; do :; done | while :; do :; done",
    "echo $((" + "(" * 500 + "1" + ")" * 500 + "))", "echo $((9999999999999999999999 * 9999999999999999999))", "echo $((1/0))", "a=b; b=a; echo $((a))", "x=x+x; echo $((x))",
    "echo " + "$(" * 100 + "echo" + ")" * 100, "echo " + "$(" * 30 + "seq 1000" + ")" * 30, "echo " + "'" * 999, "echo " + '"' * 999, "`" * 99, "(" * 999, "for i in " + "a " * 3000 + "; do for j in "
    + "b " * 1000 + "; do :; done; done",
)  # fmt: skip
ARGUMENTS = (
    "docker run -p " + " -p ".join(f"{port}:80" for port in range(10000, 11500)) + " -d nginx",
    "docker run -d " + "-e A=1 " * 3000 + "alpine sleep 9",
    "docker run -p 99999999999:80 nginx", "docker run -p 1-65535:1-65535 nginx", "docker run -p 0.0.0.0.0:1:1 nginx", "docker run -p 80:99999999999999999999 nginx",
    "docker rm " + "x " * 4000, "docker rm -f " + "nosuch " * 900, "docker inspect " + "box " * 900, "docker ps -n 99999999999999999999", "docker ps -n -99999999999999999999",
    "docker logs --tail 99999999999999999999999999 web", "docker logs --tail -1 web", "docker stop -t 99999999999999999999 box", "docker stop -t -1 nosuch",
    "docker kill -s 99999999999999999999 box", "docker kill -s " + "K" * 5000 + " box", "docker restart -t 99999999999 nosuch", "docker run --name " + "n" * 5000 + " -d alpine sleep 9",
    "docker pull " + "a/" * 3000 + "b", "docker pull " + "a" * 9000, "docker pull nginx@sha256:" + "0" * 9000, "docker pull localhost:99999999/x", "docker pull a:" + "b" * 9000,
    "docker images " + "'" + "[" * 5000 + "'", "docker images --filter reference=" + "'" + "*" * 5000 + "x'", "docker images '" + "*?" * 2000 + "x'", "docker tag nginx " + "x/" * 127 + "y",
    "docker search '" + "x" * 9000 + "'", "docker " + "help " * 2000, "docker " + "--help " * 2000, "docker ps " + "-a " * 3000, "docker ps --filter " + "'" + "name=" * 900 + "'",
    "docker ps " + "--filter name=a " * 900, "docker exec box " + "sh -c " * 500 + "true", "docker exec " + "-e A=1 " * 2000 + "box env", "docker build .", "docker compose up", "docker exec -it box sh",
    "docker run -it --rm alpine", "docker attach web", "docker logs -f web", "docker wait web", "docker run nginx", "docker run -i --rm alpine cat", "docker events", "docker stats",
    "docker cp box:/bin/busybox " + "x/" * 500, "docker cp box:/" + "../" * 900 + "etc/passwd p", "docker cp a box:" + "/a" * 2500, "docker cp - box:/", "docker rename box " + "z" * 9000,
    "docker volume create " + "v" * 9000, "docker system df -v", "docker system prune -af --help", "docker commit box " + "c/" * 2000 + "d", "docker history " + "nginx " * 3000,
)  # fmt: skip
NUMBERS = (
    "seq 99999999999999", "seq -99999999 99999999", "seq 1 0.0001 5", "head -c 99999999999 zeros", "head -n -99999999999 numbers", "tail -n +99999999999 numbers", "cut -c 99999999999 numbers",
    "cut -c 1-999999999,1-999999999,1-999999999 zeros", "cut -f" + ",".join(map(str, range(1, 2000))) + " numbers", "sleep 99999999999999", "sleep 1e9", "sleep 86400", "sleep 0.00000000001", "sleep -5",
    "echo $((2**63))", "echo $((9223372036854775807+1))", "echo $((-9223372036854775808/-1))", "echo $((10%0))", "echo $((" + "1+" * 3000 + "1))", "echo $((" + "-" * 3000 + "1))", "exit 99999999999999999999999",
    "sort -n " + "numbers " * 900, "cat " + "numbers " * 900, "wc " + "numbers " * 300, "grep -c . " + "numbers " * 9, "uniq -c numbers", "x=" + "1" * 5000 + "; echo $((x+1))", "for i in $(seq 10000); do :; done",
)  # fmt: skip
SHELL = (
    "$(" * 3000, "echo " + "$(" * 39 + "echo" + ")" * 39, "echo " + "$(" * 3000 + ")" * 3000, "while true; do " * 60 + "true; " + "done; " * 60, "for i in a; do " * 39 + ":; " + "done; " * 39, '"' * 4001, "'" * 4001, "\\" * 4001,
    "echo " + "a" * 100_000, "echo " + "a " * 20_000, "x=" + "a" * 100_000 + "; echo $x$x$x$x", "|" * 999, "true" + " | true" * 3000, "true" + " && true" * 3000, "true; " * 15_000, "> " * 999 + "f", "echo a " + "> f " * 2000,
    "echo $" * 3000, "${" * 999, "echo ${x" + "}" * 999, "echo {1..99999999}", "echo *" * 500, ":(){ :|:& };:", "yes", "eval eval eval", "while :; do :; done &", "exec 3<>/dev/tcp/x/1", "source f", "echo \x00\x01\x02", "echo \ud800", "\ufeffdocker ps",
    "docker ps\r", "\r\n\r\n", "echo \u202edlrow", "echo " + "\u0301" * 5000, "#" * 9000, "   " * 3000, "\t", "", "\x1b[2J", "docker\u00a0ps", "cat /dev/zero", "cat /dev/urandom", "cat > /dev/full", "echo x > /dev/sda", "echo x > ''",
)  # fmt: skip
STORED = (
    "for i in $(seq 9); do head -c 9000000 /dev/zero >> big; done",
    *["head -c 9000000 /dev/zero >> big"] * 3,
    *["docker exec box sh -c 'head -c 9000000 /dev/zero >> /big'"] * 9,
    "docker exec box sh -c 'for i in $(seq 30); do sh -c \"head -c 9000000 /dev/zero > /big$i\"; done'",
    *["docker exec box sh -c 'for i in $(seq 400); do mkdir -p /inodes/$i; cp -r /etc /inodes/$i; done'"] * 4,
    "docker commit box fat", "docker commit box fatter", "docker run -d fat sleep 9", "docker cp big box:/bigger", "docker cp box:/big out",
    *["x$RANDOM=1; y=$y$(seq 9999)"] * 9,
    *["docker run -d alpine sh -c 'while true; do seq 10000; sleep 1; done'"] * 9,
    "docker logs $(docker ps -lq)", "sleep 3600", "docker logs $(docker ps -lq)", *["sleep 86400"] * 9, "docker ps -as", "docker logs --tail 1 $(docker ps -lq)",
    *[f"docker exec -d box sh -c 'while true; do echo {n} >> /d; sleep 0.1; done'" for n in range(25)], "sleep 86400", "docker ps -s",
    "docker exec box sh -c 'rm -r /big* /inodes'", "docker system prune -f",
)  # fmt: skip

LINES: dict[str, tuple[str, ...]] = {
    "a pattern of docker ps": tuple(f"docker ps -a --filter 'name={pattern}'" for pattern in BACKTRACKING),
    "a pattern of grep": tuple(f"grep '{pattern}' a zeros" for pattern in BACKTRACKING) + tuple(f"cat a zeros numbers | grep -E '{pattern}'" for pattern in BACKTRACKING),
    "a template": tuple(f"docker inspect -f '{template}' box" for template in TEMPLATES) + tuple(f"docker ps -a --format '{template}'" for template in TEMPLATES),
    "a loop": tuple(f"while true; do {body}; done" for body in LOOPS),
    "a program in a container": tuple(f"docker exec box sh -c '{line}'" if "'" not in line else f'docker exec box sh -c "{line}"' for line in IN_A_CONTAINER)
    + tuple(f"docker run -d alpine sh -c '{line}'" for line in IN_A_CONTAINER if "'" not in line),
    "arguments": ARGUMENTS,
    "numbers": NUMBERS,
    "shell": SHELL,
    "what is stored": STORED,
}  # fmt: skip
