# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_keypact_global_optspecs
    string join \n q/quiet v/verbose error-format= color= no-input home= h/help V/version
end

function __fish_keypact_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_keypact_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_keypact_using_subcommand
    set -l cmd (__fish_keypact_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c keypact -n "__fish_keypact_needs_command" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_needs_command" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_needs_command" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_needs_command" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_needs_command" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_needs_command" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_needs_command" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_needs_command" -s V -l version -d 'Print version'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "exchange" -d 'Agree on a key with a peer'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "offer" -d 'Begin an exchange as a text for your peer, to be carried by mail or chat'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "accept" -d 'Answer your peer\'s offer with a text'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "finish" -d 'Take in the text that your peer has made of yours'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "confirm" -d 'Confirm an exchange of texts, and get its key'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "send" -d 'Send a file to a peer'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "receive" -d 'Receive a file from a peer'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "pipe" -d 'Join stdin and stdout with those of a peer'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "relay" -d 'Let two sides meet that cannot reach each other'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "forward" -d 'Lead connections to the side of a peer'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "tour" -d 'Show an exchange and a transfer between two real processes'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "encrypt" -d 'Encrypt a file'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "decrypt" -d 'Decrypt a file'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "inspect" -d 'Show what a file says of itself, without its content'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "rewrap" -d 'Change who can open a file'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "key" -d 'Make identities and show their recipients'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "courier" -d 'Carry keys on paper, as words and QR codes, whole or in shares'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "peer" -d 'Remember peers, so that nobody need compare anything the next time'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "verify" -d 'Compare the codes of a session that waits in another window'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "util" -d 'Write completions and man pages, name the folders in use'
complete -c keypact -n "__fish_keypact_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -s o -l output -d 'Write the key to FILE, which must not exist yet [default: stdout]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l format -d 'How the key is written: as an age identity that both sides hold, or its 32 bytes' -r -f -a "identity\t'An age identity (post-quantum hybrid)'
raw\t'32 bytes'
hex\t'64 digits and a line end'
base64\t'44 characters and a line end'"
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l label -d 'What the key is for: other labels give other keys of the same exchange, and no key tells anything of another' -r
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l also -d 'Write one more key of the same exchange, under its own label, to a new file; can be repeated' -r
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l listen -d 'Wait for the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed), or on the socket that systemd hands over (systemd)' -r
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l connect -d 'Go to the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; tries again until --wait is over' -r
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l relay -d 'Meet the peer at a relay, which sees ciphertext only: one side says HOST:PORT and gets a name to tell, the other one HOST:PORT/NAME (or both, where they have agreed on a name)' -r
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l exec -d 'The peer is at the other end of a command\'s stdin and stdout, run by sh' -r
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l wait -d 'Seconds until the peer must be there, 0 for one try [default: 60 on a terminal, 30 without]' -r
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l timeout -d 'Seconds of silence after which a peer counts as gone' -r
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l compare -d 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]' -r
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l code -d 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)' -r
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l code-file -d 'The one-time code is in the first line of this file' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l code-words -d 'How many words a code has that is made here: 3 are 24 bits' -r
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l qr -d 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where \'-\' draws it on the terminal' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l psk-file -d 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l peer -d 'The peer is this one of the known peers, and knows you as one of its own' -r
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -s i -l identity -d 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that \'keypact key generate\' made]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l credential -d 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519' -r
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l verify-cmd -d 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match' -r
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l enrol -d 'When the peer is verified, exchange identities and remember the peer under this name' -r
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l context -d 'What the exchange is for; both sides must say the same, and it is never sent' -r
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l tries -d 'How many callers a listener that compares codes may meet in vain' -r
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l events -d 'Write events as JSON lines' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l json -d 'Describe the result as one JSON object on stdout; needs -o for the key'
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l stdio -d 'The peer is at the other end of stdin and stdout'
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l code-prompt -d 'Ask for the one-time code that the peer has told'
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l trust-transport -d 'The outer channel (ssh, a Unix socket of one user) vouches for the peer'
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand exchange" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c keypact -n "__fish_keypact_using_subcommand offer" -s o -l output -d 'Write the text for your peer, where there is one, to FILE [default: stdout]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l expires -d 'Forget the exchange after this time: from 1h to 7d' -r
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l passphrase-file -d 'Lock what is kept of the exchange with the passphrase in the first line of this file' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l compare -d 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]' -r
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l code -d 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)' -r
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l code-file -d 'The one-time code is in the first line of this file' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l code-words -d 'How many words a code has that is made here: 3 are 24 bits' -r
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l qr -d 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where \'-\' draws it on the terminal' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l psk-file -d 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l peer -d 'The peer is this one of the known peers, and knows you as one of its own' -r
complete -c keypact -n "__fish_keypact_using_subcommand offer" -s i -l identity -d 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that \'keypact key generate\' made]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l credential -d 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519' -r
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l verify-cmd -d 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match' -r
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l enrol -d 'When the peer is verified, exchange identities and remember the peer under this name' -r
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l context -d 'What the exchange is for; both sides must say the same, and it is never sent' -r
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l tries -d 'How many callers a listener that compares codes may meet in vain' -r
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l events -d 'Write events as JSON lines' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l json -d 'Describe the result as one JSON object on stdout, with the text in it'
complete -c keypact -n "__fish_keypact_using_subcommand offer" -s p -l passphrase -d 'Lock what is kept of the exchange with a passphrase, asked for on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l code-prompt -d 'Ask for the one-time code that the peer has told'
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l trust-transport -d 'The outer channel (ssh, a Unix socket of one user) vouches for the peer'
complete -c keypact -n "__fish_keypact_using_subcommand offer" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand offer" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand offer" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand offer" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand accept" -s o -l output -d 'Write the text for your peer, where there is one, to FILE [default: stdout]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l expires -d 'Forget the exchange after this time: from 1h to 7d' -r
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l passphrase-file -d 'Lock what is kept of the exchange with the passphrase in the first line of this file' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l compare -d 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]' -r
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l code -d 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)' -r
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l code-file -d 'The one-time code is in the first line of this file' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l code-words -d 'How many words a code has that is made here: 3 are 24 bits' -r
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l qr -d 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where \'-\' draws it on the terminal' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l psk-file -d 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l peer -d 'The peer is this one of the known peers, and knows you as one of its own' -r
complete -c keypact -n "__fish_keypact_using_subcommand accept" -s i -l identity -d 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that \'keypact key generate\' made]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l credential -d 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519' -r
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l verify-cmd -d 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match' -r
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l enrol -d 'When the peer is verified, exchange identities and remember the peer under this name' -r
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l context -d 'What the exchange is for; both sides must say the same, and it is never sent' -r
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l tries -d 'How many callers a listener that compares codes may meet in vain' -r
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l events -d 'Write events as JSON lines' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l json -d 'Describe the result as one JSON object on stdout, with the text in it'
complete -c keypact -n "__fish_keypact_using_subcommand accept" -s p -l passphrase -d 'Lock what is kept of the exchange with a passphrase, asked for on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l code-prompt -d 'Ask for the one-time code that the peer has told'
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l trust-transport -d 'The outer channel (ssh, a Unix socket of one user) vouches for the peer'
complete -c keypact -n "__fish_keypact_using_subcommand accept" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand accept" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand accept" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand accept" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand finish" -s o -l output -d 'Write the text for your peer, where there is one, to FILE [default: stdout]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand finish" -l passphrase-file -d 'Unlock what is kept of the exchange with the passphrase in the first line of this file' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand finish" -l events -d 'Write events as JSON lines' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand finish" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand finish" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand finish" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand finish" -l json -d 'Describe the result as one JSON object on stdout, with the text in it'
complete -c keypact -n "__fish_keypact_using_subcommand finish" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand finish" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand finish" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand finish" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand confirm" -l qr -d 'Write the QR code of this side to this new file, whose name ends in .svg or .png' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand confirm" -l verify-cmd -d 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match' -r
complete -c keypact -n "__fish_keypact_using_subcommand confirm" -l passphrase-file -d 'Unlock what is kept of the exchange with the passphrase in the first line of this file' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand confirm" -l events -d 'Write events as JSON lines' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand confirm" -s o -l output -d 'Write the key to FILE, which must not exist yet [default: stdout]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand confirm" -l format -d 'How the key is written: as an age identity that both sides hold, or its 32 bytes' -r -f -a "identity\t'An age identity (post-quantum hybrid)'
raw\t'32 bytes'
hex\t'64 digits and a line end'
base64\t'44 characters and a line end'"
complete -c keypact -n "__fish_keypact_using_subcommand confirm" -l label -d 'What the key is for: other labels give other keys of the same exchange, and no key tells anything of another' -r
complete -c keypact -n "__fish_keypact_using_subcommand confirm" -l also -d 'Write one more key of the same exchange, under its own label, to a new file; can be repeated' -r
complete -c keypact -n "__fish_keypact_using_subcommand confirm" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand confirm" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand confirm" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand confirm" -l no -d 'The codes differ, or the exchange is not wanted any more: forget it, however far it has come'
complete -c keypact -n "__fish_keypact_using_subcommand confirm" -l json -d 'Describe the result as one JSON object on stdout; needs -o for the key'
complete -c keypact -n "__fish_keypact_using_subcommand confirm" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand confirm" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand confirm" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand confirm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c keypact -n "__fish_keypact_using_subcommand send" -l name -d 'The name that the peer sees, where one thing is sent [default: its own]' -r
complete -c keypact -n "__fish_keypact_using_subcommand send" -l symlinks -d 'What becomes of symbolic links in folders: refuse, keep (as links), follow or skip' -r -f -a "refuse\t'There must be none'
keep\t'They are sent as links, when they lead to something else that is sent'
follow\t'What they lead to is sent in their place'
skip\t'They are left out'"
complete -c keypact -n "__fish_keypact_using_subcommand send" -l compress -d 'Compress contents before they are encrypted: zstd, none, or auto, which looks into the largest files. The number of encrypted bytes then betrays how well contents compress, and so something of them' -r -f -a "none\t'As they are'
zstd\t'By zstd'
auto\t'By zstd, if the largest files gain from it'"
complete -c keypact -n "__fish_keypact_using_subcommand send" -l retry -d 'When the wire breaks, meet the peer again for up to this many seconds, and go on; both sides say so [default: 0]' -r
complete -c keypact -n "__fish_keypact_using_subcommand send" -l listen -d 'Wait for the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed), or on the socket that systemd hands over (systemd)' -r
complete -c keypact -n "__fish_keypact_using_subcommand send" -l connect -d 'Go to the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; tries again until --wait is over' -r
complete -c keypact -n "__fish_keypact_using_subcommand send" -l relay -d 'Meet the peer at a relay, which sees ciphertext only: one side says HOST:PORT and gets a name to tell, the other one HOST:PORT/NAME (or both, where they have agreed on a name)' -r
complete -c keypact -n "__fish_keypact_using_subcommand send" -l exec -d 'The peer is at the other end of a command\'s stdin and stdout, run by sh' -r
complete -c keypact -n "__fish_keypact_using_subcommand send" -l wait -d 'Seconds until the peer must be there, 0 for one try [default: 60 on a terminal, 30 without]' -r
complete -c keypact -n "__fish_keypact_using_subcommand send" -l timeout -d 'Seconds of silence after which a peer counts as gone' -r
complete -c keypact -n "__fish_keypact_using_subcommand send" -l compare -d 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]' -r
complete -c keypact -n "__fish_keypact_using_subcommand send" -l code -d 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)' -r
complete -c keypact -n "__fish_keypact_using_subcommand send" -l code-file -d 'The one-time code is in the first line of this file' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand send" -l code-words -d 'How many words a code has that is made here: 3 are 24 bits' -r
complete -c keypact -n "__fish_keypact_using_subcommand send" -l qr -d 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where \'-\' draws it on the terminal' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand send" -l psk-file -d 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand send" -l peer -d 'The peer is this one of the known peers, and knows you as one of its own' -r
complete -c keypact -n "__fish_keypact_using_subcommand send" -s i -l identity -d 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that \'keypact key generate\' made]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand send" -l credential -d 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519' -r
complete -c keypact -n "__fish_keypact_using_subcommand send" -l verify-cmd -d 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match' -r
complete -c keypact -n "__fish_keypact_using_subcommand send" -l enrol -d 'When the peer is verified, exchange identities and remember the peer under this name' -r
complete -c keypact -n "__fish_keypact_using_subcommand send" -l context -d 'What the exchange is for; both sides must say the same, and it is never sent' -r
complete -c keypact -n "__fish_keypact_using_subcommand send" -l tries -d 'How many callers a listener that compares codes may meet in vain' -r
complete -c keypact -n "__fish_keypact_using_subcommand send" -l events -d 'Write events as JSON lines' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand send" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand send" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand send" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand send" -l pad -d 'Round the length of what travels up, by an eighth at most, so that it says little of what is sent'
complete -c keypact -n "__fish_keypact_using_subcommand send" -l json -d 'Write what was moved as one JSON object to stdout'
complete -c keypact -n "__fish_keypact_using_subcommand send" -l stdio -d 'The peer is at the other end of stdin and stdout'
complete -c keypact -n "__fish_keypact_using_subcommand send" -l code-prompt -d 'Ask for the one-time code that the peer has told'
complete -c keypact -n "__fish_keypact_using_subcommand send" -l trust-transport -d 'The outer channel (ssh, a Unix socket of one user) vouches for the peer'
complete -c keypact -n "__fish_keypact_using_subcommand send" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand send" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand send" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand send" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand receive" -s d -l directory -d 'The folder that everything goes to, under the names that the sender gives [default: this one]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand receive" -s o -l output -d 'The name here of the one file or folder that comes; - is stdout, which gets each piece as soon as it is authentic' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l if-exists -d 'What becomes of names that are taken by something else: fail, skip, rename (what arrives) or overwrite' -r -f -a "fail\t'Nothing of the offer is taken'
skip\t'What is there stays, and what is offered under its name is not taken'
rename\t'What arrives gets another name, with a number'
overwrite\t'What arrives takes its place'"
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l max-bytes -d 'Take no more bytes than this in all; K, M, G and T stand for powers of 1024' -r
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l only -d 'Of what is offered take only what GLOB fits: a last name, or with a / in it a whole path; several times for several' -r
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l symlinks -d 'What becomes of symbolic links: refuse, keep (those that lead to what comes with them) or skip' -r
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l on-done -d 'When all is in place, run the program CMD for each outermost file or folder, with its path as the only argument' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l retry -d 'When the wire breaks, meet the peer again for up to this many seconds, and go on; both sides say so [default: 0]' -r
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l listen -d 'Wait for the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed), or on the socket that systemd hands over (systemd)' -r
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l connect -d 'Go to the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; tries again until --wait is over' -r
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l relay -d 'Meet the peer at a relay, which sees ciphertext only: one side says HOST:PORT and gets a name to tell, the other one HOST:PORT/NAME (or both, where they have agreed on a name)' -r
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l exec -d 'The peer is at the other end of a command\'s stdin and stdout, run by sh' -r
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l wait -d 'Seconds until the peer must be there, 0 for one try [default: 60 on a terminal, 30 without]' -r
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l timeout -d 'Seconds of silence after which a peer counts as gone' -r
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l compare -d 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]' -r
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l code -d 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)' -r
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l code-file -d 'The one-time code is in the first line of this file' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l code-words -d 'How many words a code has that is made here: 3 are 24 bits' -r
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l qr -d 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where \'-\' draws it on the terminal' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l psk-file -d 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l peer -d 'The peer is this one of the known peers, and knows you as one of its own' -r
complete -c keypact -n "__fish_keypact_using_subcommand receive" -s i -l identity -d 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that \'keypact key generate\' made]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l credential -d 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519' -r
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l verify-cmd -d 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match' -r
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l enrol -d 'When the peer is verified, exchange identities and remember the peer under this name' -r
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l context -d 'What the exchange is for; both sides must say the same, and it is never sent' -r
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l tries -d 'How many callers a listener that compares codes may meet in vain' -r
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l events -d 'Write events as JSON lines' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand receive" -s y -l yes -d 'Take what is offered without asking; without a terminal only one plain file is taken unasked'
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l json -d 'Write what was moved as one JSON object to stdout'
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l stdio -d 'The peer is at the other end of stdin and stdout'
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l code-prompt -d 'Ask for the one-time code that the peer has told'
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l trust-transport -d 'The outer channel (ssh, a Unix socket of one user) vouches for the peer'
complete -c keypact -n "__fish_keypact_using_subcommand receive" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand receive" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand receive" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand receive" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l input -d 'What is sent to the peer [default: stdin]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -s o -l output -d 'Where the peer\'s bytes go, each as soon as it is authentic: a file appears when all of them have come; - is stdout, also where that is a terminal and they are no text [default: stdout]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l compress -d 'Compress what is sent before it is encrypted: zstd or none. The number of encrypted bytes then betrays how well it compresses, and so something of it' -r
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l listen -d 'Wait for the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed), or on the socket that systemd hands over (systemd)' -r
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l connect -d 'Go to the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; tries again until --wait is over' -r
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l relay -d 'Meet the peer at a relay, which sees ciphertext only: one side says HOST:PORT and gets a name to tell, the other one HOST:PORT/NAME (or both, where they have agreed on a name)' -r
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l exec -d 'The peer is at the other end of a command\'s stdin and stdout, run by sh' -r
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l wait -d 'Seconds until the peer must be there, 0 for one try [default: 60 on a terminal, 30 without]' -r
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l timeout -d 'Seconds of silence after which a peer counts as gone' -r
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l compare -d 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]' -r
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l code -d 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)' -r
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l code-file -d 'The one-time code is in the first line of this file' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l code-words -d 'How many words a code has that is made here: 3 are 24 bits' -r
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l qr -d 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where \'-\' draws it on the terminal' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l psk-file -d 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l peer -d 'The peer is this one of the known peers, and knows you as one of its own' -r
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -s i -l identity -d 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that \'keypact key generate\' made]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l credential -d 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519' -r
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l verify-cmd -d 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match' -r
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l enrol -d 'When the peer is verified, exchange identities and remember the peer under this name' -r
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l context -d 'What the exchange is for; both sides must say the same, and it is never sent' -r
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l tries -d 'How many callers a listener that compares codes may meet in vain' -r
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l events -d 'Write events as JSON lines' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l stdio -d 'The peer is at the other end of stdin and stdout'
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l code-prompt -d 'Ask for the one-time code that the peer has told'
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l trust-transport -d 'The outer channel (ssh, a Unix socket of one user) vouches for the peer'
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand pipe" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand relay" -l listen -d 'Wait for both sides at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed), or on the socket that systemd hands over (systemd)' -r
complete -c keypact -n "__fish_keypact_using_subcommand relay" -l max-connections -d 'Connections at once; further ones are refused' -r
complete -c keypact -n "__fish_keypact_using_subcommand relay" -l max-per-address -d 'Connections at once from one address (of IPv6, from one network of 64 bits); further ones are refused' -r
complete -c keypact -n "__fish_keypact_using_subcommand relay" -l max-wait -d 'Seconds that one side may wait for the other' -r
complete -c keypact -n "__fish_keypact_using_subcommand relay" -l max-idle -d 'Seconds that two sides may be silent, both of them' -r
complete -c keypact -n "__fish_keypact_using_subcommand relay" -l max-bytes -d 'Bytes that two sides may exchange; K, M, G and T stand for powers of 1024 [default: any number]' -r
complete -c keypact -n "__fish_keypact_using_subcommand relay" -l events -d 'Write what happens as one JSON object a line' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand relay" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand relay" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand relay" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand relay" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand relay" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand relay" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand relay" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand forward" -s L -d 'Take connections on this machine and lead them to HOST:PORT on the peer\'s side, which must allow it; several times for several. Without BIND only this machine can connect; unix:PATH may stand for either end; port 0 is any, which is printed' -r
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l allow -d 'Let the peer connect to this from here: HOST:PORT, HOST:* or unix:PATH, spelled as the peer spells it; several times for several [default: nothing]' -r
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l listen -d 'Wait for the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed), or on the socket that systemd hands over (systemd)' -r
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l connect -d 'Go to the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; tries again until --wait is over' -r
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l relay -d 'Meet the peer at a relay, which sees ciphertext only: one side says HOST:PORT and gets a name to tell, the other one HOST:PORT/NAME (or both, where they have agreed on a name)' -r
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l exec -d 'The peer is at the other end of a command\'s stdin and stdout, run by sh' -r
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l wait -d 'Seconds until the peer must be there, 0 for one try [default: 60 on a terminal, 30 without]' -r
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l timeout -d 'Seconds of silence after which a peer counts as gone' -r
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l compare -d 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]' -r
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l code -d 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)' -r
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l code-file -d 'The one-time code is in the first line of this file' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l code-words -d 'How many words a code has that is made here: 3 are 24 bits' -r
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l qr -d 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where \'-\' draws it on the terminal' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l psk-file -d 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l peer -d 'The peer is this one of the known peers, and knows you as one of its own' -r
complete -c keypact -n "__fish_keypact_using_subcommand forward" -s i -l identity -d 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that \'keypact key generate\' made]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l credential -d 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519' -r
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l verify-cmd -d 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match' -r
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l enrol -d 'When the peer is verified, exchange identities and remember the peer under this name' -r
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l context -d 'What the exchange is for; both sides must say the same, and it is never sent' -r
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l tries -d 'How many callers a listener that compares codes may meet in vain' -r
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l events -d 'Write events as JSON lines' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l stdio -d 'The peer is at the other end of stdin and stdout'
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l code-prompt -d 'Ask for the one-time code that the peer has told'
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l trust-transport -d 'The outer channel (ssh, a Unix socket of one user) vouches for the peer'
complete -c keypact -n "__fish_keypact_using_subcommand forward" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand forward" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand forward" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand forward" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand tour" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand tour" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand tour" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand tour" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand tour" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand tour" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand tour" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -s r -l recipient -d 'Encrypt to this recipient (age1…, age1NAME1… of a plugin, or the line of an SSH public key); can be repeated' -r
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -s R -l recipients-file -d 'Encrypt to the recipients in this file, one a line; SSH public keys may be among them; can be repeated' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -s i -l identity -d 'Encrypt to the recipients of the identities in this file, or to this SSH key; can be repeated' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -s j -l plugin -d 'Encrypt to the identity of this plugin, age-plugin-NAME, which needs no data; can be repeated' -r
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -l passphrase-file -d 'Encrypt with the passphrase in the first line of this file' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -l max-work-factor -d 'Refuse passphrases whose check takes more than 2^N KiB of memory and the time to fill it [default: 22]' -r
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -s o -l output -d 'Write to this file, which appears when it is complete [default: stdout]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -l output-dir -d 'Write the results into this folder [default, with several inputs: beside each]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -l if-exists -d 'With several inputs, when a result\'s name is taken: fail, skip or overwrite' -r -f -a "fail\t''
skip\t''
overwrite\t''"
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -l jobs -d 'Work on this many processors [default: all there are]' -r
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -l events -d 'Write events as JSON lines to this file or descriptor' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -s p -l passphrase -d 'Encrypt with a passphrase, asked for on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -s a -l armor -d 'Write text (ASCII armor) instead of binary'
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -l archive -d 'Put all inputs into one archive, folders with all that is in them'
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -l no-padding -d 'Leave no room in the header for recipients that come later (see \'keypact rewrap\')'
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -l recursive -d 'Take folders as inputs, with all files in them'
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -l json -d 'Print a summary as one JSON object on stdout'
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand encrypt" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -s i -l identity -d 'Use the identities in this file, or this SSH private key; either may be locked with a passphrase; can be repeated [default: the identity that \'keypact key generate\' made]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -l passphrase-file -d 'Use the passphrase in the first line of this file, for the input, the identity file or the SSH key' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -l max-work-factor -d 'Refuse passphrases whose check takes more than 2^N KiB of memory and the time to fill it [default: 22]' -r
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -s j -l plugin -d 'Use the identity of this plugin, age-plugin-NAME, which needs no data; can be repeated' -r
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -l range -d 'Write the bytes from START up to END (not included) alone; either may be left out' -r
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -s o -l output -d 'Write to this file, which appears when it is complete [default: stdout]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -l output-dir -d 'Write the results into this folder [default, with several inputs: beside each]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -l if-exists -d 'With several inputs, when a result\'s name is taken: fail, skip or overwrite' -r -f -a "fail\t''
skip\t''
overwrite\t''"
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -l jobs -d 'Work on this many processors [default: all there are]' -r
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -l events -d 'Write events as JSON lines to this file or descriptor' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -s p -l passphrase -d 'Ask for the passphrase of a file that is locked with one (where no identity is named, \'keypact decrypt\' asks without the flag too)'
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -l verify-only -d 'Authenticate everything and write nothing'
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -l archive -d 'Restore the archive that \'keypact encrypt --archive\' made, into --output-dir or this folder'
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -l recursive -d 'Take folders as inputs, with all files in them'
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -l json -d 'Print a summary as one JSON object on stdout'
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand decrypt" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand inspect" -s i -l identity -d 'Use the identities in this file, or this SSH private key; either may be locked with a passphrase; can be repeated [default: the identity that \'keypact key generate\' made]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand inspect" -l passphrase-file -d 'Use the passphrase in the first line of this file, for the input, the identity file or the SSH key' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand inspect" -l max-work-factor -d 'Refuse passphrases whose check takes more than 2^N KiB of memory and the time to fill it [default: 22]' -r
complete -c keypact -n "__fish_keypact_using_subcommand inspect" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand inspect" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand inspect" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand inspect" -s p -l passphrase -d 'Ask for the passphrase of a file that is locked with one (where no identity is named, \'keypact decrypt\' asks without the flag too)'
complete -c keypact -n "__fish_keypact_using_subcommand inspect" -l json -d 'Print one JSON object a file'
complete -c keypact -n "__fish_keypact_using_subcommand inspect" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand inspect" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand inspect" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand inspect" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -s i -l identity -d 'Use the identities in this file, or this SSH private key; either may be locked with a passphrase; can be repeated [default: the identity that \'keypact key generate\' made]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -l passphrase-file -d 'Use the passphrase in the first line of this file, for the input, the identity file or the SSH key' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -l max-work-factor -d 'Refuse passphrases whose check takes more than 2^N KiB of memory and the time to fill it [default: 22]' -r
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -s j -l plugin -d 'Open the files with the identity of this plugin, age-plugin-NAME, which needs no data; can be repeated' -r
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -l add -d 'Let this recipient in, too; can be repeated' -r
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -l remove -d 'Let this recipient in no longer, or whoever has the stanza of this number in \'keypact inspect\'; can be repeated' -r
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -s R -l recipients-file -d 'Let in exactly the recipients in this file, one a line; can be repeated' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -l new-passphrase-file -d 'Lock with the passphrase in the first line of this file instead' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -s p -l passphrase -d 'Ask for the passphrase of a file that is locked with one (where no identity is named, \'keypact decrypt\' asks without the flag too)'
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -l new-passphrase -d 'Lock with a new passphrase instead, asked for on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -l deep -d 'Encrypt the content anew, under a new file key'
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -l dry-run -d 'Change nothing, and say what would happen'
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -l recursive -d 'Go through folders, and take every age file in them, whatever its name'
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -l json -d 'Print one JSON object a file'
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand rewrap" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand key; and not __fish_seen_subcommand_from generate show plugin help" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand key; and not __fish_seen_subcommand_from generate show plugin help" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand key; and not __fish_seen_subcommand_from generate show plugin help" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand key; and not __fish_seen_subcommand_from generate show plugin help" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand key; and not __fish_seen_subcommand_from generate show plugin help" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand key; and not __fish_seen_subcommand_from generate show plugin help" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand key; and not __fish_seen_subcommand_from generate show plugin help" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand key; and not __fish_seen_subcommand_from generate show plugin help" -f -a "generate" -d 'Make an identity and print its recipient'
complete -c keypact -n "__fish_keypact_using_subcommand key; and not __fish_seen_subcommand_from generate show plugin help" -f -a "show" -d 'Print the recipients of an identity file, one a line'
complete -c keypact -n "__fish_keypact_using_subcommand key; and not __fish_seen_subcommand_from generate show plugin help" -f -a "plugin" -d 'Print an identity that lets other age programs use an identity file, through age-plugin-keypact'
complete -c keypact -n "__fish_keypact_using_subcommand key; and not __fish_seen_subcommand_from generate show plugin help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from generate" -l type -d 'The kind: hybrid (ML-KEM-768 and X25519, safe against quantum computers) or x25519 (shorter, for old readers)' -r -f -a "hybrid\t''
x25519\t''"
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from generate" -l passphrase-file -d 'Lock the identity file with the passphrase in the first line of this file' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from generate" -s o -l output -d 'Write the identity to this new file; \'-\' prints it [default: identity.txt in the folder for configuration, which is used when no identity is named]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from generate" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from generate" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from generate" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from generate" -s p -l passphrase -d 'Lock the identity file with a passphrase, asked for on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from generate" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from generate" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from generate" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from generate" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from show" -s i -l identity -d 'The identity file, which may be locked with a passphrase, or an SSH private key; can be repeated [default: the identity that \'keypact key generate\' made]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from show" -l passphrase-file -d 'Open the identity file with the passphrase in the first line of this file' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from show" -l max-work-factor -d 'Refuse passphrases whose check takes more than 2^N KiB of memory and the time to fill it [default: 22]' -r
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from show" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from show" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from show" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from show" -l qr -d 'Draw QR codes instead'
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from plugin" -s i -l identity -d 'The identity file, which may be locked with a passphrase and must stay where it is [default: the identity that \'keypact key generate\' made]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from plugin" -l passphrase-file -d 'Open the identity file with the passphrase in the first line of this file' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from plugin" -l max-work-factor -d 'Refuse passphrases whose check takes more than 2^N KiB of memory and the time to fill it [default: 22]' -r
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from plugin" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from plugin" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from plugin" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from plugin" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from plugin" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from plugin" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from plugin" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "generate" -d 'Make an identity and print its recipient'
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "show" -d 'Print the recipients of an identity file, one a line'
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "plugin" -d 'Print an identity that lets other age programs use an identity file, through age-plugin-keypact'
complete -c keypact -n "__fish_keypact_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and not __fish_seen_subcommand_from pack open split join help" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand courier; and not __fish_seen_subcommand_from pack open split join help" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand courier; and not __fish_seen_subcommand_from pack open split join help" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand courier; and not __fish_seen_subcommand_from pack open split join help" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and not __fish_seen_subcommand_from pack open split join help" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and not __fish_seen_subcommand_from pack open split join help" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and not __fish_seen_subcommand_from pack open split join help" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and not __fish_seen_subcommand_from pack open split join help" -f -a "pack" -d 'Write a key as words, as a QR code or as a page to print'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and not __fish_seen_subcommand_from pack open split join help" -f -a "open" -d 'Read a key from words or from a picture of its code'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and not __fish_seen_subcommand_from pack open split join help" -f -a "split" -d 'Split a key into shares, of which some are enough'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and not __fish_seen_subcommand_from pack open split join help" -f -a "join" -d 'Bring the shares of a key together'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and not __fish_seen_subcommand_from pack open split join help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from pack" -l generate -d 'Make a new key: psk, for \'keypact exchange --psk-file\'; needs -o for your own copy' -r -f -a "psk\t''"
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from pack" -l bits -d 'How many bits a new key has: 128 (20 words) or 256 (33 words)' -r -f -a "128\t''
256\t''"
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from pack" -s o -l output -d 'Write your own copy of a new key to FILE, which must not exist yet' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from pack" -s i -l identity -d 'Pack the identity in this file, so that its owner can carry or keep it' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from pack" -l passphrase-file -d 'Lock the key with the passphrase in the first line of this file' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from pack" -l qr -d 'Write a QR code to this new file, whose name ends in .svg or .png; \'-\' draws it on the terminal' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from pack" -l sheet -d 'Write a page to print (SVG, A4) to this new file: words, QR code, check value, instructions' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from pack" -l purpose -d 'What the key is for, to be printed on the page' -r
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from pack" -l destroy-after -d 'When the page is to be destroyed, to be printed on it' -r
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from pack" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from pack" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from pack" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from pack" -s p -l passphrase -d 'Lock the key with a passphrase, asked for on the terminal (Argon2id; only keypact opens it)'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from pack" -l slip39-passphrase -d 'Lock it in the weaker way that every SLIP-39 program opens; a wrong passphrase then gives a wrong key'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from pack" -l words -d 'Write words to stdout, five on a line, which is the default'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from pack" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from pack" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from pack" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from pack" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from open" -l image -d 'Read the QR code in this picture (PNG), or what a scanner program has read' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from open" -s o -l output -d 'Write the key to FILE, which must not exist yet; \'-\' shows it [default: stdout, if that is no terminal]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from open" -l as -d 'What words are: psk (a key for an exchange), hybrid or x25519 (an identity); QR codes say so themselves [default: psk]' -r -f -a "psk\t''
hybrid\t''
x25519\t''"
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from open" -l check -d 'The check value that the paper or your peer tells, of eight digits' -r
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from open" -l passphrase-file -d 'Open it with the passphrase in the first line of this file' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from open" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from open" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from open" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from open" -l words -d 'Read words, from stdin or typed on the terminal, which is the default'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from open" -l keep -d 'Do not mark the key as one for a single exchange'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from open" -l show -d 'Show the words while they are typed'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from open" -l slip39-passphrase -d 'The code is locked with a passphrase as SLIP-39 has it, which nothing in the words tells'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from open" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from open" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from open" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from open" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from split" -s k -l threshold -d 'How many shares bring the key back' -r
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from split" -s n -l shares -d 'How many shares there are, 16 at most' -r
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from split" -l generate -d 'Make a new key: psk, for \'keypact exchange --psk-file\'; needs -o for your own copy' -r -f -a "psk\t''"
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from split" -l bits -d 'How many bits a new key has: 128 (20 words) or 256 (33 words)' -r -f -a "128\t''
256\t''"
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from split" -s o -l output -d 'Write your own copy of a new key to FILE, which must not exist yet' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from split" -s i -l identity -d 'Pack the identity in this file, so that its owner can carry or keep it' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from split" -l passphrase-file -d 'Lock the key with the passphrase in the first line of this file' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from split" -l output-dir -d 'Write each share to a new file in this folder [default: all of them to stdout, one after the other]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from split" -l purpose -d 'What the key is for, to be printed on the page' -r
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from split" -l destroy-after -d 'When the page is to be destroyed, to be printed on it' -r
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from split" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from split" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from split" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from split" -s p -l passphrase -d 'Lock the key with a passphrase, asked for on the terminal (Argon2id; only keypact opens it)'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from split" -l slip39-passphrase -d 'Lock it in the weaker way that every SLIP-39 program opens; a wrong passphrase then gives a wrong key'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from split" -l sheets -d 'Write pages to print (SVG, A4) instead of words'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from split" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from split" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from split" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from split" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from join" -s o -l output -d 'Write the key to FILE, which must not exist yet; \'-\' shows it [default: stdout, if that is no terminal]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from join" -l as -d 'What words are: psk (a key for an exchange), hybrid or x25519 (an identity); QR codes say so themselves [default: psk]' -r -f -a "psk\t''
hybrid\t''
x25519\t''"
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from join" -l check -d 'The check value that the paper or your peer tells, of eight digits' -r
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from join" -l passphrase-file -d 'Open it with the passphrase in the first line of this file' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from join" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from join" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from join" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from join" -l keep -d 'Do not mark the key as one for a single exchange'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from join" -l show -d 'Show the words while they are typed'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from join" -l slip39-passphrase -d 'The code is locked with a passphrase as SLIP-39 has it, which nothing in the words tells'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from join" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from join" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from join" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from join" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from help" -f -a "pack" -d 'Write a key as words, as a QR code or as a page to print'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from help" -f -a "open" -d 'Read a key from words or from a picture of its code'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from help" -f -a "split" -d 'Split a key into shares, of which some are enough'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from help" -f -a "join" -d 'Bring the shares of a key together'
complete -c keypact -n "__fish_keypact_using_subcommand courier; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and not __fish_seen_subcommand_from add list show remove help" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand peer; and not __fish_seen_subcommand_from add list show remove help" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand peer; and not __fish_seen_subcommand_from add list show remove help" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand peer; and not __fish_seen_subcommand_from add list show remove help" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and not __fish_seen_subcommand_from add list show remove help" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and not __fish_seen_subcommand_from add list show remove help" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and not __fish_seen_subcommand_from add list show remove help" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and not __fish_seen_subcommand_from add list show remove help" -f -a "add" -d 'Remember a peer by a key that you have from it by a way you trust'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and not __fish_seen_subcommand_from add list show remove help" -f -a "list" -d 'List the known peers'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and not __fish_seen_subcommand_from add list show remove help" -f -a "show" -d 'Show a known peer; without a name, your own identity'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and not __fish_seen_subcommand_from add list show remove help" -f -a "remove" -d 'Forget a peer'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and not __fish_seen_subcommand_from add list show remove help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from add" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from add" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from add" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from add" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from list" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from list" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from list" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from list" -l json -d 'As JSON, one object a line'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from show" -s i -l identity -d 'Your own identity is in this file [default: the identity that \'keypact key generate\' made]' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from show" -l credential -d 'Which key of your own: x25519 or ed25519' -r
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from show" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from show" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from show" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from show" -l json -d 'As JSON'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from remove" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from remove" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from remove" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from remove" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from help" -f -a "add" -d 'Remember a peer by a key that you have from it by a way you trust'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the known peers'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a known peer; without a name, your own identity'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Forget a peer'
complete -c keypact -n "__fish_keypact_using_subcommand peer; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c keypact -n "__fish_keypact_using_subcommand verify" -l image -d 'Read the peer\'s QR code from this PNG picture' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand verify" -l qr -d 'Write the QR code of this side to this new file, whose name ends in .svg or .png' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand verify" -l passphrase-file -d 'Unlock what is kept of an exchange of texts with the passphrase in the first line of this file' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand verify" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand verify" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand verify" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand verify" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand verify" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand verify" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand verify" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand util; and not __fish_seen_subcommand_from completions man paths help" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand util; and not __fish_seen_subcommand_from completions man paths help" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand util; and not __fish_seen_subcommand_from completions man paths help" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand util; and not __fish_seen_subcommand_from completions man paths help" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand util; and not __fish_seen_subcommand_from completions man paths help" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand util; and not __fish_seen_subcommand_from completions man paths help" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand util; and not __fish_seen_subcommand_from completions man paths help" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand util; and not __fish_seen_subcommand_from completions man paths help" -f -a "completions" -d 'Write the completions of a shell to stdout'
complete -c keypact -n "__fish_keypact_using_subcommand util; and not __fish_seen_subcommand_from completions man paths help" -f -a "man" -d 'Write the man pages into a folder (this one, if none is named)'
complete -c keypact -n "__fish_keypact_using_subcommand util; and not __fish_seen_subcommand_from completions man paths help" -f -a "paths" -d 'Name the folders in use, one per line'
complete -c keypact -n "__fish_keypact_using_subcommand util; and not __fish_seen_subcommand_from completions man paths help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from completions" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from completions" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from completions" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from completions" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from completions" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from completions" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from completions" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from man" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from man" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from man" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from man" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from man" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from man" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from man" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from paths" -l error-format -d 'How errors are written: json puts one object on the last line of stderr' -r -f -a "text\t'Three lines for a person'
json\t'One JSON object on the last line, for scripts'"
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from paths" -l color -d 'When to use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from paths" -l home -d 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)' -r -F
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from paths" -l json -d 'As one JSON object'
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from paths" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from paths" -s v -l verbose -d 'Say more'
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from paths" -l no-input -d 'Never ask on the terminal'
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from paths" -s h -l help -d 'Print help'
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from help" -f -a "completions" -d 'Write the completions of a shell to stdout'
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from help" -f -a "man" -d 'Write the man pages into a folder (this one, if none is named)'
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from help" -f -a "paths" -d 'Name the folders in use, one per line'
complete -c keypact -n "__fish_keypact_using_subcommand util; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "exchange" -d 'Agree on a key with a peer'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "offer" -d 'Begin an exchange as a text for your peer, to be carried by mail or chat'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "accept" -d 'Answer your peer\'s offer with a text'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "finish" -d 'Take in the text that your peer has made of yours'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "confirm" -d 'Confirm an exchange of texts, and get its key'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "send" -d 'Send a file to a peer'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "receive" -d 'Receive a file from a peer'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "pipe" -d 'Join stdin and stdout with those of a peer'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "relay" -d 'Let two sides meet that cannot reach each other'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "forward" -d 'Lead connections to the side of a peer'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "tour" -d 'Show an exchange and a transfer between two real processes'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "encrypt" -d 'Encrypt a file'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "decrypt" -d 'Decrypt a file'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "inspect" -d 'Show what a file says of itself, without its content'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "rewrap" -d 'Change who can open a file'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "key" -d 'Make identities and show their recipients'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "courier" -d 'Carry keys on paper, as words and QR codes, whole or in shares'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "peer" -d 'Remember peers, so that nobody need compare anything the next time'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "verify" -d 'Compare the codes of a session that waits in another window'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "util" -d 'Write completions and man pages, name the folders in use'
complete -c keypact -n "__fish_keypact_using_subcommand help; and not __fish_seen_subcommand_from exchange offer accept finish confirm send receive pipe relay forward tour encrypt decrypt inspect rewrap key courier peer verify util help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c keypact -n "__fish_keypact_using_subcommand help; and __fish_seen_subcommand_from key" -f -a "generate" -d 'Make an identity and print its recipient'
complete -c keypact -n "__fish_keypact_using_subcommand help; and __fish_seen_subcommand_from key" -f -a "show" -d 'Print the recipients of an identity file, one a line'
complete -c keypact -n "__fish_keypact_using_subcommand help; and __fish_seen_subcommand_from key" -f -a "plugin" -d 'Print an identity that lets other age programs use an identity file, through age-plugin-keypact'
complete -c keypact -n "__fish_keypact_using_subcommand help; and __fish_seen_subcommand_from courier" -f -a "pack" -d 'Write a key as words, as a QR code or as a page to print'
complete -c keypact -n "__fish_keypact_using_subcommand help; and __fish_seen_subcommand_from courier" -f -a "open" -d 'Read a key from words or from a picture of its code'
complete -c keypact -n "__fish_keypact_using_subcommand help; and __fish_seen_subcommand_from courier" -f -a "split" -d 'Split a key into shares, of which some are enough'
complete -c keypact -n "__fish_keypact_using_subcommand help; and __fish_seen_subcommand_from courier" -f -a "join" -d 'Bring the shares of a key together'
complete -c keypact -n "__fish_keypact_using_subcommand help; and __fish_seen_subcommand_from peer" -f -a "add" -d 'Remember a peer by a key that you have from it by a way you trust'
complete -c keypact -n "__fish_keypact_using_subcommand help; and __fish_seen_subcommand_from peer" -f -a "list" -d 'List the known peers'
complete -c keypact -n "__fish_keypact_using_subcommand help; and __fish_seen_subcommand_from peer" -f -a "show" -d 'Show a known peer; without a name, your own identity'
complete -c keypact -n "__fish_keypact_using_subcommand help; and __fish_seen_subcommand_from peer" -f -a "remove" -d 'Forget a peer'
complete -c keypact -n "__fish_keypact_using_subcommand help; and __fish_seen_subcommand_from util" -f -a "completions" -d 'Write the completions of a shell to stdout'
complete -c keypact -n "__fish_keypact_using_subcommand help; and __fish_seen_subcommand_from util" -f -a "man" -d 'Write the man pages into a folder (this one, if none is named)'
complete -c keypact -n "__fish_keypact_using_subcommand help; and __fish_seen_subcommand_from util" -f -a "paths" -d 'Name the folders in use, one per line'
