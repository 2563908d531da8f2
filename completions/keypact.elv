
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
            cand send 'Send a file to a peer'
            cand receive 'Receive a file from a peer'
            cand tour 'Show an exchange and a transfer between two real processes'
            cand encrypt 'Encrypt a file'
            cand decrypt 'Decrypt a file'
            cand inspect 'Show what a file says of itself, without its content'
            cand rewrap 'Change who can open a file'
            cand key 'Make identities and show their recipients'
            cand util 'Write completions and man pages, name the folders in use'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'keypact;exchange'= {
            cand -o 'Write the key to FILE, which must not exist yet [default: stdout]'
            cand --output 'Write the key to FILE, which must not exist yet [default: stdout]'
            cand --format 'How the key is written: as an age identity that both sides hold, or its 32 bytes'
            cand --listen 'Wait for the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed)'
            cand --connect 'Go to the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; tries again until --wait is over'
            cand --exec 'The peer is at the other end of a command''s stdin and stdout, run by sh'
            cand --wait 'Seconds until the peer must be there, 0 for one try [default: 60 on a terminal, 30 without]'
            cand --timeout 'Seconds of silence after which a peer counts as gone'
            cand --compare 'Two people compare a code: words, words:N, digits or emoji [default on a terminal: words]'
            cand --verify-cmd 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match'
            cand --events 'Write events as JSON lines'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand --json 'Describe the result as one JSON object on stdout; needs -o for the key'
            cand --stdio 'The peer is at the other end of stdin and stdout'
            cand --trust-transport 'The outer channel (ssh, a Unix socket of one user) vouches for the peer'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -v 'Say more'
            cand --verbose 'Say more'
            cand --no-input 'Never ask on the terminal'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'keypact;send'= {
            cand --name 'The name that the peer sees [default: the file''s]'
            cand --listen 'Wait for the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed)'
            cand --connect 'Go to the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; tries again until --wait is over'
            cand --exec 'The peer is at the other end of a command''s stdin and stdout, run by sh'
            cand --wait 'Seconds until the peer must be there, 0 for one try [default: 60 on a terminal, 30 without]'
            cand --timeout 'Seconds of silence after which a peer counts as gone'
            cand --compare 'Two people compare a code: words, words:N, digits or emoji [default on a terminal: words]'
            cand --verify-cmd 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match'
            cand --events 'Write events as JSON lines'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand --stdio 'The peer is at the other end of stdin and stdout'
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
            cand -d 'The folder that the file goes to, under the name that the sender gives [default: this one]'
            cand --directory 'The folder that the file goes to, under the name that the sender gives [default: this one]'
            cand -o 'The file''s name here; - is stdout, which gets each piece as soon as it is authentic'
            cand --output 'The file''s name here; - is stdout, which gets each piece as soon as it is authentic'
            cand --listen 'Wait for the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed)'
            cand --connect 'Go to the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; tries again until --wait is over'
            cand --exec 'The peer is at the other end of a command''s stdin and stdout, run by sh'
            cand --wait 'Seconds until the peer must be there, 0 for one try [default: 60 on a terminal, 30 without]'
            cand --timeout 'Seconds of silence after which a peer counts as gone'
            cand --compare 'Two people compare a code: words, words:N, digits or emoji [default on a terminal: words]'
            cand --verify-cmd 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match'
            cand --events 'Write events as JSON lines'
            cand --error-format 'How errors are written: json puts one object on the last line of stderr'
            cand --color 'When to use colours: auto, always or never'
            cand --home 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)'
            cand --stdio 'The peer is at the other end of stdin and stdout'
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
            cand send 'Send a file to a peer'
            cand receive 'Receive a file from a peer'
            cand tour 'Show an exchange and a transfer between two real processes'
            cand encrypt 'Encrypt a file'
            cand decrypt 'Decrypt a file'
            cand inspect 'Show what a file says of itself, without its content'
            cand rewrap 'Change who can open a file'
            cand key 'Make identities and show their recipients'
            cand util 'Write completions and man pages, name the folders in use'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'keypact;help;exchange'= {
        }
        &'keypact;help;send'= {
        }
        &'keypact;help;receive'= {
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
