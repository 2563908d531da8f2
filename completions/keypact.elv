
use builtin;
use str;

set edit:completion:arg-completer[keypact] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'keypact'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'keypact'= {
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand exchange 'Agree on a key with a peer'
            cand offer 'Begin an exchange as a text for your peer, to be carried by mail or chat'
            cand accept 'Answer your peer''s offer with a text'
            cand finish 'Take in the text that your peer has made of yours'
            cand confirm 'Confirm an exchange of texts, and get its key'
            cand send 'Send a file to a peer'
            cand receive 'Receive a file from a peer'
            cand pipe 'Join stdin and stdout with those of a peer'
            cand relay 'Let two sides meet that cannot reach each other'
            cand forward 'Lead connections to the side of a peer'
            cand tour 'Show an exchange and a transfer between two real processes'
            cand encrypt 'Encrypt a file'
            cand decrypt 'Decrypt a file'
            cand inspect 'Show what a file says of itself, without its content'
            cand rewrap 'Change who can open a file'
            cand key 'Make identities and show their recipients'
            cand courier 'Carry keys on paper, as words and QR codes, whole or in shares'
            cand peer 'Remember peers, so that nobody need compare anything the next time'
            cand verify 'Compare the codes of a session that waits in another window'
            cand util 'Write completions and man pages, name the folders in use'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'keypact;exchange'= {
            cand -o 'Write the key to FILE, which must not exist yet [default: stdout]'
            cand --output 'Write the key to FILE, which must not exist yet [default: stdout]'
            cand --format 'How the key is written: as an age identity that both sides hold, or its 32 bytes'
            cand --label 'What the key is for: other labels give other keys of the same exchange, and no key tells anything of another'
            cand --also 'Write one more key of the same exchange, under its own label, to a new file; can be repeated'
            cand --listen 'Wait for the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed), or on the socket that systemd hands over (systemd)'
            cand --connect 'Go to the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; tries again until --wait is over'
            cand --relay 'Meet the peer at a relay, which sees ciphertext only: one side says HOST:PORT and gets a name to tell, the other one HOST:PORT/NAME (or both, where they have agreed on a name)'
            cand --exec 'The peer is at the other end of a command''s stdin and stdout, run by sh'
            cand --wait 'Seconds until the peer must be there, 0 for one try [default: 60 on a terminal, 30 without]'
            cand --timeout 'Seconds of silence after which a peer counts as gone'
            cand --compare 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]'
            cand --code 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)'
            cand --code-file 'The one-time code is in the first line of this file'
            cand --code-words 'How many words a code has that is made here: 3 are 24 bits'
            cand --qr 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where ''-'' draws it on the terminal'
            cand --psk-file 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served'
            cand --peer 'The peer is this one of the known peers, and knows you as one of its own'
            cand -i 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]'
            cand --identity 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]'
            cand --credential 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519'
            cand --verify-cmd 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match'
            cand --enrol 'When the peer is verified, exchange identities and remember the peer under this name'
            cand --context 'What the exchange is for; both sides must say the same, and it is never sent'
            cand --tries 'How many callers a listener that compares codes may meet in vain'
            cand --events 'Write events as JSON lines'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand --json 'Describe the result as one JSON object on stdout; needs -o for the key'
            cand --stdio 'The peer is at the other end of stdin and stdout'
            cand --code-prompt 'Ask for the one-time code that the peer has told'
            cand --trust-transport 'The outer channel (ssh, a Unix socket of one user) vouches for the peer'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'keypact;offer'= {
            cand -o 'Write the text for your peer, where there is one, to FILE [default: stdout]'
            cand --output 'Write the text for your peer, where there is one, to FILE [default: stdout]'
            cand --expires 'Forget the exchange after this time: from 1h to 7d'
            cand --passphrase-file 'Lock what is kept of the exchange with the passphrase in the first line of this file'
            cand --compare 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]'
            cand --code 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)'
            cand --code-file 'The one-time code is in the first line of this file'
            cand --code-words 'How many words a code has that is made here: 3 are 24 bits'
            cand --qr 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where ''-'' draws it on the terminal'
            cand --psk-file 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served'
            cand --peer 'The peer is this one of the known peers, and knows you as one of its own'
            cand -i 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]'
            cand --identity 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]'
            cand --credential 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519'
            cand --verify-cmd 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match'
            cand --enrol 'When the peer is verified, exchange identities and remember the peer under this name'
            cand --context 'What the exchange is for; both sides must say the same, and it is never sent'
            cand --tries 'How many callers a listener that compares codes may meet in vain'
            cand --events 'Write events as JSON lines'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand --json 'Describe the result as one JSON object on stdout, with the text in it'
            cand -p 'Lock what is kept of the exchange with a passphrase, asked for on the terminal'
            cand --passphrase 'Lock what is kept of the exchange with a passphrase, asked for on the terminal'
            cand --code-prompt 'Ask for the one-time code that the peer has told'
            cand --trust-transport 'The outer channel (ssh, a Unix socket of one user) vouches for the peer'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;accept'= {
            cand -o 'Write the text for your peer, where there is one, to FILE [default: stdout]'
            cand --output 'Write the text for your peer, where there is one, to FILE [default: stdout]'
            cand --expires 'Forget the exchange after this time: from 1h to 7d'
            cand --passphrase-file 'Lock what is kept of the exchange with the passphrase in the first line of this file'
            cand --compare 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]'
            cand --code 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)'
            cand --code-file 'The one-time code is in the first line of this file'
            cand --code-words 'How many words a code has that is made here: 3 are 24 bits'
            cand --qr 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where ''-'' draws it on the terminal'
            cand --psk-file 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served'
            cand --peer 'The peer is this one of the known peers, and knows you as one of its own'
            cand -i 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]'
            cand --identity 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]'
            cand --credential 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519'
            cand --verify-cmd 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match'
            cand --enrol 'When the peer is verified, exchange identities and remember the peer under this name'
            cand --context 'What the exchange is for; both sides must say the same, and it is never sent'
            cand --tries 'How many callers a listener that compares codes may meet in vain'
            cand --events 'Write events as JSON lines'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand --json 'Describe the result as one JSON object on stdout, with the text in it'
            cand -p 'Lock what is kept of the exchange with a passphrase, asked for on the terminal'
            cand --passphrase 'Lock what is kept of the exchange with a passphrase, asked for on the terminal'
            cand --code-prompt 'Ask for the one-time code that the peer has told'
            cand --trust-transport 'The outer channel (ssh, a Unix socket of one user) vouches for the peer'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;finish'= {
            cand -o 'Write the text for your peer, where there is one, to FILE [default: stdout]'
            cand --output 'Write the text for your peer, where there is one, to FILE [default: stdout]'
            cand --passphrase-file 'Unlock what is kept of the exchange with the passphrase in the first line of this file'
            cand --events 'Write events as JSON lines'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand --json 'Describe the result as one JSON object on stdout, with the text in it'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;confirm'= {
            cand --qr 'Write the QR code of this side to this new file, whose name ends in .svg or .png'
            cand --verify-cmd 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match'
            cand --passphrase-file 'Unlock what is kept of the exchange with the passphrase in the first line of this file'
            cand --events 'Write events as JSON lines'
            cand -o 'Write the key to FILE, which must not exist yet [default: stdout]'
            cand --output 'Write the key to FILE, which must not exist yet [default: stdout]'
            cand --format 'How the key is written: as an age identity that both sides hold, or its 32 bytes'
            cand --label 'What the key is for: other labels give other keys of the same exchange, and no key tells anything of another'
            cand --also 'Write one more key of the same exchange, under its own label, to a new file; can be repeated'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand --no 'The codes differ, or the exchange is not wanted any more: forget it, however far it has come'
            cand --json 'Describe the result as one JSON object on stdout; needs -o for the key'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'keypact;send'= {
            cand --name 'The name that the peer sees, where one thing is sent [default: its own]'
            cand --symlinks 'What becomes of symbolic links in folders: refuse, keep (as links), follow or skip'
            cand --compress 'Compress contents before they are encrypted: zstd, none, or auto, which looks into the largest files. The number of encrypted bytes then betrays how well contents compress, and so something of them'
            cand --retry 'When the wire breaks, meet the peer again for up to this many seconds, and go on; both sides say so [default: 0]'
            cand --listen 'Wait for the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed), or on the socket that systemd hands over (systemd)'
            cand --connect 'Go to the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; tries again until --wait is over'
            cand --relay 'Meet the peer at a relay, which sees ciphertext only: one side says HOST:PORT and gets a name to tell, the other one HOST:PORT/NAME (or both, where they have agreed on a name)'
            cand --exec 'The peer is at the other end of a command''s stdin and stdout, run by sh'
            cand --wait 'Seconds until the peer must be there, 0 for one try [default: 60 on a terminal, 30 without]'
            cand --timeout 'Seconds of silence after which a peer counts as gone'
            cand --compare 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]'
            cand --code 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)'
            cand --code-file 'The one-time code is in the first line of this file'
            cand --code-words 'How many words a code has that is made here: 3 are 24 bits'
            cand --qr 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where ''-'' draws it on the terminal'
            cand --psk-file 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served'
            cand --peer 'The peer is this one of the known peers, and knows you as one of its own'
            cand -i 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]'
            cand --identity 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]'
            cand --credential 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519'
            cand --verify-cmd 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match'
            cand --enrol 'When the peer is verified, exchange identities and remember the peer under this name'
            cand --context 'What the exchange is for; both sides must say the same, and it is never sent'
            cand --tries 'How many callers a listener that compares codes may meet in vain'
            cand --events 'Write events as JSON lines'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand --pad 'Round the length of what travels up, by an eighth at most, so that it says little of what is sent'
            cand --json 'Write what was moved as one JSON object to stdout'
            cand --stdio 'The peer is at the other end of stdin and stdout'
            cand --code-prompt 'Ask for the one-time code that the peer has told'
            cand --trust-transport 'The outer channel (ssh, a Unix socket of one user) vouches for the peer'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;receive'= {
            cand -d 'The folder that everything goes to, under the names that the sender gives [default: this one]'
            cand --directory 'The folder that everything goes to, under the names that the sender gives [default: this one]'
            cand -o 'The name here of the one file or folder that comes; - is stdout, which gets each piece as soon as it is authentic'
            cand --output 'The name here of the one file or folder that comes; - is stdout, which gets each piece as soon as it is authentic'
            cand --if-exists 'What becomes of names that are taken by something else: fail, skip, rename (what arrives) or overwrite'
            cand --max-bytes 'Take no more bytes than this in all; K, M, G and T stand for powers of 1024'
            cand --only 'Of what is offered take only what GLOB fits: a last name, or with a / in it a whole path; several times for several'
            cand --symlinks 'What becomes of symbolic links: refuse, keep (those that lead to what comes with them) or skip'
            cand --on-done 'When all is in place, run the program CMD for each outermost file or folder, with its path as the only argument'
            cand --retry 'When the wire breaks, meet the peer again for up to this many seconds, and go on; both sides say so [default: 0]'
            cand --listen 'Wait for the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed), or on the socket that systemd hands over (systemd)'
            cand --connect 'Go to the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; tries again until --wait is over'
            cand --relay 'Meet the peer at a relay, which sees ciphertext only: one side says HOST:PORT and gets a name to tell, the other one HOST:PORT/NAME (or both, where they have agreed on a name)'
            cand --exec 'The peer is at the other end of a command''s stdin and stdout, run by sh'
            cand --wait 'Seconds until the peer must be there, 0 for one try [default: 60 on a terminal, 30 without]'
            cand --timeout 'Seconds of silence after which a peer counts as gone'
            cand --compare 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]'
            cand --code 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)'
            cand --code-file 'The one-time code is in the first line of this file'
            cand --code-words 'How many words a code has that is made here: 3 are 24 bits'
            cand --qr 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where ''-'' draws it on the terminal'
            cand --psk-file 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served'
            cand --peer 'The peer is this one of the known peers, and knows you as one of its own'
            cand -i 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]'
            cand --identity 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]'
            cand --credential 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519'
            cand --verify-cmd 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match'
            cand --enrol 'When the peer is verified, exchange identities and remember the peer under this name'
            cand --context 'What the exchange is for; both sides must say the same, and it is never sent'
            cand --tries 'How many callers a listener that compares codes may meet in vain'
            cand --events 'Write events as JSON lines'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -y 'Take what is offered without asking; without a terminal only one plain file is taken unasked'
            cand --yes 'Take what is offered without asking; without a terminal only one plain file is taken unasked'
            cand --json 'Write what was moved as one JSON object to stdout'
            cand --stdio 'The peer is at the other end of stdin and stdout'
            cand --code-prompt 'Ask for the one-time code that the peer has told'
            cand --trust-transport 'The outer channel (ssh, a Unix socket of one user) vouches for the peer'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;pipe'= {
            cand --input 'What is sent to the peer [default: stdin]'
            cand -o 'Where the peer''s bytes go, each as soon as it is authentic: a file appears when all of them have come; - is stdout, also where that is a terminal and they are no text [default: stdout]'
            cand --output 'Where the peer''s bytes go, each as soon as it is authentic: a file appears when all of them have come; - is stdout, also where that is a terminal and they are no text [default: stdout]'
            cand --compress 'Compress what is sent before it is encrypted: zstd or none. The number of encrypted bytes then betrays how well it compresses, and so something of it'
            cand --listen 'Wait for the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed), or on the socket that systemd hands over (systemd)'
            cand --connect 'Go to the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; tries again until --wait is over'
            cand --relay 'Meet the peer at a relay, which sees ciphertext only: one side says HOST:PORT and gets a name to tell, the other one HOST:PORT/NAME (or both, where they have agreed on a name)'
            cand --exec 'The peer is at the other end of a command''s stdin and stdout, run by sh'
            cand --wait 'Seconds until the peer must be there, 0 for one try [default: 60 on a terminal, 30 without]'
            cand --timeout 'Seconds of silence after which a peer counts as gone'
            cand --compare 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]'
            cand --code 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)'
            cand --code-file 'The one-time code is in the first line of this file'
            cand --code-words 'How many words a code has that is made here: 3 are 24 bits'
            cand --qr 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where ''-'' draws it on the terminal'
            cand --psk-file 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served'
            cand --peer 'The peer is this one of the known peers, and knows you as one of its own'
            cand -i 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]'
            cand --identity 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]'
            cand --credential 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519'
            cand --verify-cmd 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match'
            cand --enrol 'When the peer is verified, exchange identities and remember the peer under this name'
            cand --context 'What the exchange is for; both sides must say the same, and it is never sent'
            cand --tries 'How many callers a listener that compares codes may meet in vain'
            cand --events 'Write events as JSON lines'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand --stdio 'The peer is at the other end of stdin and stdout'
            cand --code-prompt 'Ask for the one-time code that the peer has told'
            cand --trust-transport 'The outer channel (ssh, a Unix socket of one user) vouches for the peer'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;relay'= {
            cand --listen 'Wait for both sides at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed), or on the socket that systemd hands over (systemd)'
            cand --max-connections 'Connections at once; further ones are refused'
            cand --max-per-address 'Connections at once from one address (of IPv6, from one network of 64 bits); further ones are refused'
            cand --max-wait 'Seconds that one side may wait for the other'
            cand --max-idle 'Seconds that two sides may be silent, both of them'
            cand --max-bytes 'Bytes that two sides may exchange; K, M, G and T stand for powers of 1024 [default: any number]'
            cand --events 'Write what happens as one JSON object a line'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;forward'= {
            cand -L 'Take connections on this machine and lead them to HOST:PORT on the peer''s side, which must allow it; several times for several. Without BIND only this machine can connect; unix:PATH may stand for either end; port 0 is any, which is printed'
            cand --allow 'Let the peer connect to this from here: HOST:PORT, HOST:* or unix:PATH, spelled as the peer spells it; several times for several [default: nothing]'
            cand --listen 'Wait for the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed), or on the socket that systemd hands over (systemd)'
            cand --connect 'Go to the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; tries again until --wait is over'
            cand --relay 'Meet the peer at a relay, which sees ciphertext only: one side says HOST:PORT and gets a name to tell, the other one HOST:PORT/NAME (or both, where they have agreed on a name)'
            cand --exec 'The peer is at the other end of a command''s stdin and stdout, run by sh'
            cand --wait 'Seconds until the peer must be there, 0 for one try [default: 60 on a terminal, 30 without]'
            cand --timeout 'Seconds of silence after which a peer counts as gone'
            cand --compare 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]'
            cand --code 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)'
            cand --code-file 'The one-time code is in the first line of this file'
            cand --code-words 'How many words a code has that is made here: 3 are 24 bits'
            cand --qr 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where ''-'' draws it on the terminal'
            cand --psk-file 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served'
            cand --peer 'The peer is this one of the known peers, and knows you as one of its own'
            cand -i 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]'
            cand --identity 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]'
            cand --credential 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519'
            cand --verify-cmd 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match'
            cand --enrol 'When the peer is verified, exchange identities and remember the peer under this name'
            cand --context 'What the exchange is for; both sides must say the same, and it is never sent'
            cand --tries 'How many callers a listener that compares codes may meet in vain'
            cand --events 'Write events as JSON lines'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand --stdio 'The peer is at the other end of stdin and stdout'
            cand --code-prompt 'Ask for the one-time code that the peer has told'
            cand --trust-transport 'The outer channel (ssh, a Unix socket of one user) vouches for the peer'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;tour'= {
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;encrypt'= {
            cand -r 'Encrypt to this recipient (age1…, age1NAME1… of a plugin, or the line of an SSH public key); can be repeated'
            cand --recipient 'Encrypt to this recipient (age1…, age1NAME1… of a plugin, or the line of an SSH public key); can be repeated'
            cand -R 'Encrypt to the recipients in this file, one a line; SSH public keys may be among them; can be repeated'
            cand --recipients-file 'Encrypt to the recipients in this file, one a line; SSH public keys may be among them; can be repeated'
            cand -i 'Encrypt to the recipients of the identities in this file, or to this SSH key; can be repeated'
            cand --identity 'Encrypt to the recipients of the identities in this file, or to this SSH key; can be repeated'
            cand -j 'Encrypt to the identity of this plugin, age-plugin-NAME, which needs no data; can be repeated'
            cand --plugin 'Encrypt to the identity of this plugin, age-plugin-NAME, which needs no data; can be repeated'
            cand --passphrase-file 'Encrypt with the passphrase in the first line of this file'
            cand --max-work-factor 'Refuse passphrases whose check takes more than 2^N KiB of memory and the time to fill it [default: 22]'
            cand -o 'Write to this file, which appears when it is complete [default: stdout]'
            cand --output 'Write to this file, which appears when it is complete [default: stdout]'
            cand --output-dir 'Write the results into this folder [default, with several inputs: beside each]'
            cand --if-exists 'With several inputs, when a result''s name is taken: fail, skip or overwrite'
            cand --jobs 'Work on this many processors [default: all there are]'
            cand --events 'Write events as JSON lines to this file or descriptor'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -p 'Encrypt with a passphrase, asked for on the terminal'
            cand --passphrase 'Encrypt with a passphrase, asked for on the terminal'
            cand -a 'Write text (ASCII armor) instead of binary'
            cand --armor 'Write text (ASCII armor) instead of binary'
            cand --archive 'Put all inputs into one archive, folders with all that is in them'
            cand --no-padding 'Leave no room in the header for recipients that come later (see ''keypact rewrap'')'
            cand --recursive 'Take folders as inputs, with all files in them'
            cand --json 'Print a summary as one JSON object on stdout'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;decrypt'= {
            cand -i 'Use the identities in this file, or this SSH private key; either may be locked with a passphrase; can be repeated [default: the identity that ''keypact key generate'' made]'
            cand --identity 'Use the identities in this file, or this SSH private key; either may be locked with a passphrase; can be repeated [default: the identity that ''keypact key generate'' made]'
            cand --passphrase-file 'Use the passphrase in the first line of this file, for the input, the identity file or the SSH key'
            cand --max-work-factor 'Refuse passphrases whose check takes more than 2^N KiB of memory and the time to fill it [default: 22]'
            cand -j 'Use the identity of this plugin, age-plugin-NAME, which needs no data; can be repeated'
            cand --plugin 'Use the identity of this plugin, age-plugin-NAME, which needs no data; can be repeated'
            cand --range 'Write the bytes from START up to END (not included) alone; either may be left out'
            cand -o 'Write to this file, which appears when it is complete [default: stdout]'
            cand --output 'Write to this file, which appears when it is complete [default: stdout]'
            cand --output-dir 'Write the results into this folder [default, with several inputs: beside each]'
            cand --if-exists 'With several inputs, when a result''s name is taken: fail, skip or overwrite'
            cand --jobs 'Work on this many processors [default: all there are]'
            cand --events 'Write events as JSON lines to this file or descriptor'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -p 'Ask for the passphrase of a file that is locked with one (where no identity is named, ''keypact decrypt'' asks without the flag too)'
            cand --passphrase 'Ask for the passphrase of a file that is locked with one (where no identity is named, ''keypact decrypt'' asks without the flag too)'
            cand --verify-only 'Authenticate everything and write nothing'
            cand --archive 'Restore the archive that ''keypact encrypt --archive'' made, into --output-dir or this folder'
            cand --recursive 'Take folders as inputs, with all files in them'
            cand --json 'Print a summary as one JSON object on stdout'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;inspect'= {
            cand -i 'Use the identities in this file, or this SSH private key; either may be locked with a passphrase; can be repeated [default: the identity that ''keypact key generate'' made]'
            cand --identity 'Use the identities in this file, or this SSH private key; either may be locked with a passphrase; can be repeated [default: the identity that ''keypact key generate'' made]'
            cand --passphrase-file 'Use the passphrase in the first line of this file, for the input, the identity file or the SSH key'
            cand --max-work-factor 'Refuse passphrases whose check takes more than 2^N KiB of memory and the time to fill it [default: 22]'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -p 'Ask for the passphrase of a file that is locked with one (where no identity is named, ''keypact decrypt'' asks without the flag too)'
            cand --passphrase 'Ask for the passphrase of a file that is locked with one (where no identity is named, ''keypact decrypt'' asks without the flag too)'
            cand --json 'Print one JSON object a file'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;rewrap'= {
            cand -i 'Use the identities in this file, or this SSH private key; either may be locked with a passphrase; can be repeated [default: the identity that ''keypact key generate'' made]'
            cand --identity 'Use the identities in this file, or this SSH private key; either may be locked with a passphrase; can be repeated [default: the identity that ''keypact key generate'' made]'
            cand --passphrase-file 'Use the passphrase in the first line of this file, for the input, the identity file or the SSH key'
            cand --max-work-factor 'Refuse passphrases whose check takes more than 2^N KiB of memory and the time to fill it [default: 22]'
            cand -j 'Open the files with the identity of this plugin, age-plugin-NAME, which needs no data; can be repeated'
            cand --plugin 'Open the files with the identity of this plugin, age-plugin-NAME, which needs no data; can be repeated'
            cand --add 'Let this recipient in, too; can be repeated'
            cand --remove 'Let this recipient in no longer, or whoever has the stanza of this number in ''keypact inspect''; can be repeated'
            cand -R 'Let in exactly the recipients in this file, one a line; can be repeated'
            cand --recipients-file 'Let in exactly the recipients in this file, one a line; can be repeated'
            cand --new-passphrase-file 'Lock with the passphrase in the first line of this file instead'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -p 'Ask for the passphrase of a file that is locked with one (where no identity is named, ''keypact decrypt'' asks without the flag too)'
            cand --passphrase 'Ask for the passphrase of a file that is locked with one (where no identity is named, ''keypact decrypt'' asks without the flag too)'
            cand --new-passphrase 'Lock with a new passphrase instead, asked for on the terminal'
            cand --deep 'Encrypt the content anew, under a new file key'
            cand --dry-run 'Change nothing, and say what would happen'
            cand --recursive 'Go through folders, and take every age file in them, whatever its name'
            cand --json 'Print one JSON object a file'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;key'= {
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
            cand generate 'Make an identity and print its recipient'
            cand show 'Print the recipients of an identity file, one a line'
            cand plugin 'Print an identity that lets other age programs use an identity file, through age-plugin-keypact'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'keypact;key;generate'= {
            cand --type 'The kind: hybrid (ML-KEM-768 and X25519, safe against quantum computers) or x25519 (shorter, for old readers)'
            cand --passphrase-file 'Lock the identity file with the passphrase in the first line of this file'
            cand -o 'Write the identity to this new file; ''-'' prints it [default: identity.txt in the folder for configuration, which is used when no identity is named]'
            cand --output 'Write the identity to this new file; ''-'' prints it [default: identity.txt in the folder for configuration, which is used when no identity is named]'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -p 'Lock the identity file with a passphrase, asked for on the terminal'
            cand --passphrase 'Lock the identity file with a passphrase, asked for on the terminal'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;key;show'= {
            cand -i 'The identity file, which may be locked with a passphrase, or an SSH private key; can be repeated [default: the identity that ''keypact key generate'' made]'
            cand --identity 'The identity file, which may be locked with a passphrase, or an SSH private key; can be repeated [default: the identity that ''keypact key generate'' made]'
            cand --passphrase-file 'Open the identity file with the passphrase in the first line of this file'
            cand --max-work-factor 'Refuse passphrases whose check takes more than 2^N KiB of memory and the time to fill it [default: 22]'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand --qr 'Draw QR codes instead'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;key;plugin'= {
            cand -i 'The identity file, which may be locked with a passphrase and must stay where it is [default: the identity that ''keypact key generate'' made]'
            cand --identity 'The identity file, which may be locked with a passphrase and must stay where it is [default: the identity that ''keypact key generate'' made]'
            cand --passphrase-file 'Open the identity file with the passphrase in the first line of this file'
            cand --max-work-factor 'Refuse passphrases whose check takes more than 2^N KiB of memory and the time to fill it [default: 22]'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;key;help'= {
            cand generate 'Make an identity and print its recipient'
            cand show 'Print the recipients of an identity file, one a line'
            cand plugin 'Print an identity that lets other age programs use an identity file, through age-plugin-keypact'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'keypact;key;help;generate'= {
        }
        &'keypact;key;help;show'= {
        }
        &'keypact;key;help;plugin'= {
        }
        &'keypact;key;help;help'= {
        }
        &'keypact;courier'= {
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
            cand pack 'Write a key as words, as a QR code or as a page to print'
            cand open 'Read a key from words or from a picture of its code'
            cand split 'Split a key into shares, of which some are enough'
            cand join 'Bring the shares of a key together'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'keypact;courier;pack'= {
            cand --generate 'Make a new key: psk, for ''keypact exchange --psk-file''; needs -o for your own copy'
            cand --bits 'How many bits a new key has: 128 (20 words) or 256 (33 words)'
            cand -o 'Write your own copy of a new key to FILE, which must not exist yet'
            cand --output 'Write your own copy of a new key to FILE, which must not exist yet'
            cand -i 'Pack the identity in this file, so that its owner can carry or keep it'
            cand --identity 'Pack the identity in this file, so that its owner can carry or keep it'
            cand --passphrase-file 'Lock the key with the passphrase in the first line of this file'
            cand --qr 'Write a QR code to this new file, whose name ends in .svg or .png; ''-'' draws it on the terminal'
            cand --sheet 'Write a page to print (SVG, A4) to this new file: words, QR code, check value, instructions'
            cand --purpose 'What the key is for, to be printed on the page'
            cand --destroy-after 'When the page is to be destroyed, to be printed on it'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -p 'Lock the key with a passphrase, asked for on the terminal (Argon2id; only keypact opens it)'
            cand --passphrase 'Lock the key with a passphrase, asked for on the terminal (Argon2id; only keypact opens it)'
            cand --slip39-passphrase 'Lock it in the weaker way that every SLIP-39 program opens; a wrong passphrase then gives a wrong key'
            cand --words 'Write words to stdout, five on a line, which is the default'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;courier;open'= {
            cand --image 'Read the QR code in this picture (PNG), or what a scanner program has read'
            cand -o 'Write the key to FILE, which must not exist yet; ''-'' shows it [default: stdout, if that is no terminal]'
            cand --output 'Write the key to FILE, which must not exist yet; ''-'' shows it [default: stdout, if that is no terminal]'
            cand --as 'What words are: psk (a key for an exchange), hybrid or x25519 (an identity); QR codes say so themselves [default: psk]'
            cand --check 'The check value that the paper or your peer tells, of eight digits'
            cand --passphrase-file 'Open it with the passphrase in the first line of this file'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand --words 'Read words, from stdin or typed on the terminal, which is the default'
            cand --keep 'Do not mark the key as one for a single exchange'
            cand --show 'Show the words while they are typed'
            cand --slip39-passphrase 'The code is locked with a passphrase as SLIP-39 has it, which nothing in the words tells'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;courier;split'= {
            cand -k 'How many shares bring the key back'
            cand --threshold 'How many shares bring the key back'
            cand -n 'How many shares there are, 16 at most'
            cand --shares 'How many shares there are, 16 at most'
            cand --generate 'Make a new key: psk, for ''keypact exchange --psk-file''; needs -o for your own copy'
            cand --bits 'How many bits a new key has: 128 (20 words) or 256 (33 words)'
            cand -o 'Write your own copy of a new key to FILE, which must not exist yet'
            cand --output 'Write your own copy of a new key to FILE, which must not exist yet'
            cand -i 'Pack the identity in this file, so that its owner can carry or keep it'
            cand --identity 'Pack the identity in this file, so that its owner can carry or keep it'
            cand --passphrase-file 'Lock the key with the passphrase in the first line of this file'
            cand --output-dir 'Write each share to a new file in this folder [default: all of them to stdout, one after the other]'
            cand --purpose 'What the key is for, to be printed on the page'
            cand --destroy-after 'When the page is to be destroyed, to be printed on it'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -p 'Lock the key with a passphrase, asked for on the terminal (Argon2id; only keypact opens it)'
            cand --passphrase 'Lock the key with a passphrase, asked for on the terminal (Argon2id; only keypact opens it)'
            cand --slip39-passphrase 'Lock it in the weaker way that every SLIP-39 program opens; a wrong passphrase then gives a wrong key'
            cand --sheets 'Write pages to print (SVG, A4) instead of words'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;courier;join'= {
            cand -o 'Write the key to FILE, which must not exist yet; ''-'' shows it [default: stdout, if that is no terminal]'
            cand --output 'Write the key to FILE, which must not exist yet; ''-'' shows it [default: stdout, if that is no terminal]'
            cand --as 'What words are: psk (a key for an exchange), hybrid or x25519 (an identity); QR codes say so themselves [default: psk]'
            cand --check 'The check value that the paper or your peer tells, of eight digits'
            cand --passphrase-file 'Open it with the passphrase in the first line of this file'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand --keep 'Do not mark the key as one for a single exchange'
            cand --show 'Show the words while they are typed'
            cand --slip39-passphrase 'The code is locked with a passphrase as SLIP-39 has it, which nothing in the words tells'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;courier;help'= {
            cand pack 'Write a key as words, as a QR code or as a page to print'
            cand open 'Read a key from words or from a picture of its code'
            cand split 'Split a key into shares, of which some are enough'
            cand join 'Bring the shares of a key together'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'keypact;courier;help;pack'= {
        }
        &'keypact;courier;help;open'= {
        }
        &'keypact;courier;help;split'= {
        }
        &'keypact;courier;help;join'= {
        }
        &'keypact;courier;help;help'= {
        }
        &'keypact;peer'= {
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
            cand add 'Remember a peer by a key that you have from it by a way you trust'
            cand list 'List the known peers'
            cand show 'Show a known peer; without a name, your own identity'
            cand remove 'Forget a peer'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'keypact;peer;add'= {
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;peer;list'= {
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand --json 'As JSON, one object a line'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;peer;show'= {
            cand -i 'Your own identity is in this file [default: the identity that ''keypact key generate'' made]'
            cand --identity 'Your own identity is in this file [default: the identity that ''keypact key generate'' made]'
            cand --credential 'Which key of your own: x25519 or ed25519'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand --json 'As JSON'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;peer;remove'= {
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;peer;help'= {
            cand add 'Remember a peer by a key that you have from it by a way you trust'
            cand list 'List the known peers'
            cand show 'Show a known peer; without a name, your own identity'
            cand remove 'Forget a peer'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'keypact;peer;help;add'= {
        }
        &'keypact;peer;help;list'= {
        }
        &'keypact;peer;help;show'= {
        }
        &'keypact;peer;help;remove'= {
        }
        &'keypact;peer;help;help'= {
        }
        &'keypact;verify'= {
            cand --image 'Read the peer''s QR code from this PNG picture'
            cand --qr 'Write the QR code of this side to this new file, whose name ends in .svg or .png'
            cand --passphrase-file 'Unlock what is kept of an exchange of texts with the passphrase in the first line of this file'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;util'= {
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
            cand completions 'Write the completions of a shell to stdout'
            cand man 'Write the man pages into a folder (this one, if none is named)'
            cand paths 'Name the folders in use, one per line'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'keypact;util;completions'= {
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;util;man'= {
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;util;paths'= {
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand --json 'As one JSON object'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'keypact;util;help'= {
            cand completions 'Write the completions of a shell to stdout'
            cand man 'Write the man pages into a folder (this one, if none is named)'
            cand paths 'Name the folders in use, one per line'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'keypact;util;help;completions'= {
        }
        &'keypact;util;help;man'= {
        }
        &'keypact;util;help;paths'= {
        }
        &'keypact;util;help;help'= {
        }
        &'keypact;help'= {
            cand exchange 'Agree on a key with a peer'
            cand offer 'Begin an exchange as a text for your peer, to be carried by mail or chat'
            cand accept 'Answer your peer''s offer with a text'
            cand finish 'Take in the text that your peer has made of yours'
            cand confirm 'Confirm an exchange of texts, and get its key'
            cand send 'Send a file to a peer'
            cand receive 'Receive a file from a peer'
            cand pipe 'Join stdin and stdout with those of a peer'
            cand relay 'Let two sides meet that cannot reach each other'
            cand forward 'Lead connections to the side of a peer'
            cand tour 'Show an exchange and a transfer between two real processes'
            cand encrypt 'Encrypt a file'
            cand decrypt 'Decrypt a file'
            cand inspect 'Show what a file says of itself, without its content'
            cand rewrap 'Change who can open a file'
            cand key 'Make identities and show their recipients'
            cand courier 'Carry keys on paper, as words and QR codes, whole or in shares'
            cand peer 'Remember peers, so that nobody need compare anything the next time'
            cand verify 'Compare the codes of a session that waits in another window'
            cand util 'Write completions and man pages, name the folders in use'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'keypact;help;exchange'= {
        }
        &'keypact;help;offer'= {
        }
        &'keypact;help;accept'= {
        }
        &'keypact;help;finish'= {
        }
        &'keypact;help;confirm'= {
        }
        &'keypact;help;send'= {
        }
        &'keypact;help;receive'= {
        }
        &'keypact;help;pipe'= {
        }
        &'keypact;help;relay'= {
        }
        &'keypact;help;forward'= {
        }
        &'keypact;help;tour'= {
        }
        &'keypact;help;encrypt'= {
        }
        &'keypact;help;decrypt'= {
        }
        &'keypact;help;inspect'= {
        }
        &'keypact;help;rewrap'= {
        }
        &'keypact;help;key'= {
            cand generate 'Make an identity and print its recipient'
            cand show 'Print the recipients of an identity file, one a line'
            cand plugin 'Print an identity that lets other age programs use an identity file, through age-plugin-keypact'
        }
        &'keypact;help;key;generate'= {
        }
        &'keypact;help;key;show'= {
        }
        &'keypact;help;key;plugin'= {
        }
        &'keypact;help;courier'= {
            cand pack 'Write a key as words, as a QR code or as a page to print'
            cand open 'Read a key from words or from a picture of its code'
            cand split 'Split a key into shares, of which some are enough'
            cand join 'Bring the shares of a key together'
        }
        &'keypact;help;courier;pack'= {
        }
        &'keypact;help;courier;open'= {
        }
        &'keypact;help;courier;split'= {
        }
        &'keypact;help;courier;join'= {
        }
        &'keypact;help;peer'= {
            cand add 'Remember a peer by a key that you have from it by a way you trust'
            cand list 'List the known peers'
            cand show 'Show a known peer; without a name, your own identity'
            cand remove 'Forget a peer'
        }
        &'keypact;help;peer;add'= {
        }
        &'keypact;help;peer;list'= {
        }
        &'keypact;help;peer;show'= {
        }
        &'keypact;help;peer;remove'= {
        }
        &'keypact;help;verify'= {
        }
        &'keypact;help;util'= {
            cand completions 'Write the completions of a shell to stdout'
            cand man 'Write the man pages into a folder (this one, if none is named)'
            cand paths 'Name the folders in use, one per line'
        }
        &'keypact;help;util;completions'= {
        }
        &'keypact;help;util;man'= {
        }
        &'keypact;help;util;paths'= {
        }
        &'keypact;help;help'= {
        }
    ]
    $completions[$command]
}
