
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'keypact' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'keypact'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'keypact' {
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('exchange', 'exchange', [CompletionResultType]::ParameterValue, 'Agree on a key with a peer')
            [CompletionResult]::new('offer', 'offer', [CompletionResultType]::ParameterValue, 'Begin an exchange as a text for your peer, to be carried by mail or chat')
            [CompletionResult]::new('accept', 'accept', [CompletionResultType]::ParameterValue, 'Answer your peer''s offer with a text')
            [CompletionResult]::new('finish', 'finish', [CompletionResultType]::ParameterValue, 'Take in the text that your peer has made of yours')
            [CompletionResult]::new('confirm', 'confirm', [CompletionResultType]::ParameterValue, 'Confirm an exchange of texts, and get its key')
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Send a file to a peer')
            [CompletionResult]::new('receive', 'receive', [CompletionResultType]::ParameterValue, 'Receive a file from a peer')
            [CompletionResult]::new('pipe', 'pipe', [CompletionResultType]::ParameterValue, 'Join stdin and stdout with those of a peer')
            [CompletionResult]::new('relay', 'relay', [CompletionResultType]::ParameterValue, 'Let two sides meet that cannot reach each other')
            [CompletionResult]::new('forward', 'forward', [CompletionResultType]::ParameterValue, 'Lead connections to the side of a peer')
            [CompletionResult]::new('tour', 'tour', [CompletionResultType]::ParameterValue, 'Show an exchange and a transfer between two real processes')
            [CompletionResult]::new('encrypt', 'encrypt', [CompletionResultType]::ParameterValue, 'Encrypt a file')
            [CompletionResult]::new('decrypt', 'decrypt', [CompletionResultType]::ParameterValue, 'Decrypt a file')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Show what a file says of itself, without its content')
            [CompletionResult]::new('rewrap', 'rewrap', [CompletionResultType]::ParameterValue, 'Change who can open a file')
            [CompletionResult]::new('key', 'key', [CompletionResultType]::ParameterValue, 'Make identities and show their recipients')
            [CompletionResult]::new('courier', 'courier', [CompletionResultType]::ParameterValue, 'Carry keys on paper, as words and QR codes, whole or in shares')
            [CompletionResult]::new('peer', 'peer', [CompletionResultType]::ParameterValue, 'Remember peers, so that nobody need compare anything the next time')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Compare the codes of a session that waits in another window')
            [CompletionResult]::new('util', 'util', [CompletionResultType]::ParameterValue, 'Write completions and man pages, name the folders in use')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'keypact;exchange' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the key to FILE, which must not exist yet [default: stdout]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the key to FILE, which must not exist yet [default: stdout]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the key is written: as an age identity that both sides hold, or its 32 bytes')
            [CompletionResult]::new('--label', '--label', [CompletionResultType]::ParameterName, 'What the key is for: other labels give other keys of the same exchange, and no key tells anything of another')
            [CompletionResult]::new('--also', '--also', [CompletionResultType]::ParameterName, 'Write one more key of the same exchange, under its own label, to a new file; can be repeated')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Wait for the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed), or on the socket that systemd hands over (systemd)')
            [CompletionResult]::new('--connect', '--connect', [CompletionResultType]::ParameterName, 'Go to the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; tries again until --wait is over')
            [CompletionResult]::new('--relay', '--relay', [CompletionResultType]::ParameterName, 'Meet the peer at a relay, which sees ciphertext only: one side says HOST:PORT and gets a name to tell, the other one HOST:PORT/NAME (or both, where they have agreed on a name)')
            [CompletionResult]::new('--exec', '--exec', [CompletionResultType]::ParameterName, 'The peer is at the other end of a command''s stdin and stdout, run by sh')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Seconds until the peer must be there, 0 for one try [default: 60 on a terminal, 30 without]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds of silence after which a peer counts as gone')
            [CompletionResult]::new('--compare', '--compare', [CompletionResultType]::ParameterName, 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]')
            [CompletionResult]::new('--code', '--code', [CompletionResultType]::ParameterName, 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)')
            [CompletionResult]::new('--code-file', '--code-file', [CompletionResultType]::ParameterName, 'The one-time code is in the first line of this file')
            [CompletionResult]::new('--code-words', '--code-words', [CompletionResultType]::ParameterName, 'How many words a code has that is made here: 3 are 24 bits')
            [CompletionResult]::new('--qr', '--qr', [CompletionResultType]::ParameterName, 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where ''-'' draws it on the terminal')
            [CompletionResult]::new('--psk-file', '--psk-file', [CompletionResultType]::ParameterName, 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served')
            [CompletionResult]::new('--peer', '--peer', [CompletionResultType]::ParameterName, 'The peer is this one of the known peers, and knows you as one of its own')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519')
            [CompletionResult]::new('--verify-cmd', '--verify-cmd', [CompletionResultType]::ParameterName, 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match')
            [CompletionResult]::new('--enrol', '--enrol', [CompletionResultType]::ParameterName, 'When the peer is verified, exchange identities and remember the peer under this name')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'What the exchange is for; both sides must say the same, and it is never sent')
            [CompletionResult]::new('--tries', '--tries', [CompletionResultType]::ParameterName, 'How many callers a listener that compares codes may meet in vain')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write events as JSON lines')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Describe the result as one JSON object on stdout; needs -o for the key')
            [CompletionResult]::new('--stdio', '--stdio', [CompletionResultType]::ParameterName, 'The peer is at the other end of stdin and stdout')
            [CompletionResult]::new('--code-prompt', '--code-prompt', [CompletionResultType]::ParameterName, 'Ask for the one-time code that the peer has told')
            [CompletionResult]::new('--trust-transport', '--trust-transport', [CompletionResultType]::ParameterName, 'The outer channel (ssh, a Unix socket of one user) vouches for the peer')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'keypact;offer' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the text for your peer, where there is one, to FILE [default: stdout]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the text for your peer, where there is one, to FILE [default: stdout]')
            [CompletionResult]::new('--expires', '--expires', [CompletionResultType]::ParameterName, 'Forget the exchange after this time: from 1h to 7d')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Lock what is kept of the exchange with the passphrase in the first line of this file')
            [CompletionResult]::new('--compare', '--compare', [CompletionResultType]::ParameterName, 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]')
            [CompletionResult]::new('--code', '--code', [CompletionResultType]::ParameterName, 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)')
            [CompletionResult]::new('--code-file', '--code-file', [CompletionResultType]::ParameterName, 'The one-time code is in the first line of this file')
            [CompletionResult]::new('--code-words', '--code-words', [CompletionResultType]::ParameterName, 'How many words a code has that is made here: 3 are 24 bits')
            [CompletionResult]::new('--qr', '--qr', [CompletionResultType]::ParameterName, 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where ''-'' draws it on the terminal')
            [CompletionResult]::new('--psk-file', '--psk-file', [CompletionResultType]::ParameterName, 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served')
            [CompletionResult]::new('--peer', '--peer', [CompletionResultType]::ParameterName, 'The peer is this one of the known peers, and knows you as one of its own')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519')
            [CompletionResult]::new('--verify-cmd', '--verify-cmd', [CompletionResultType]::ParameterName, 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match')
            [CompletionResult]::new('--enrol', '--enrol', [CompletionResultType]::ParameterName, 'When the peer is verified, exchange identities and remember the peer under this name')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'What the exchange is for; both sides must say the same, and it is never sent')
            [CompletionResult]::new('--tries', '--tries', [CompletionResultType]::ParameterName, 'How many callers a listener that compares codes may meet in vain')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write events as JSON lines')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Describe the result as one JSON object on stdout, with the text in it')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Lock what is kept of the exchange with a passphrase, asked for on the terminal')
            [CompletionResult]::new('--passphrase', '--passphrase', [CompletionResultType]::ParameterName, 'Lock what is kept of the exchange with a passphrase, asked for on the terminal')
            [CompletionResult]::new('--code-prompt', '--code-prompt', [CompletionResultType]::ParameterName, 'Ask for the one-time code that the peer has told')
            [CompletionResult]::new('--trust-transport', '--trust-transport', [CompletionResultType]::ParameterName, 'The outer channel (ssh, a Unix socket of one user) vouches for the peer')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;accept' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the text for your peer, where there is one, to FILE [default: stdout]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the text for your peer, where there is one, to FILE [default: stdout]')
            [CompletionResult]::new('--expires', '--expires', [CompletionResultType]::ParameterName, 'Forget the exchange after this time: from 1h to 7d')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Lock what is kept of the exchange with the passphrase in the first line of this file')
            [CompletionResult]::new('--compare', '--compare', [CompletionResultType]::ParameterName, 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]')
            [CompletionResult]::new('--code', '--code', [CompletionResultType]::ParameterName, 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)')
            [CompletionResult]::new('--code-file', '--code-file', [CompletionResultType]::ParameterName, 'The one-time code is in the first line of this file')
            [CompletionResult]::new('--code-words', '--code-words', [CompletionResultType]::ParameterName, 'How many words a code has that is made here: 3 are 24 bits')
            [CompletionResult]::new('--qr', '--qr', [CompletionResultType]::ParameterName, 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where ''-'' draws it on the terminal')
            [CompletionResult]::new('--psk-file', '--psk-file', [CompletionResultType]::ParameterName, 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served')
            [CompletionResult]::new('--peer', '--peer', [CompletionResultType]::ParameterName, 'The peer is this one of the known peers, and knows you as one of its own')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519')
            [CompletionResult]::new('--verify-cmd', '--verify-cmd', [CompletionResultType]::ParameterName, 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match')
            [CompletionResult]::new('--enrol', '--enrol', [CompletionResultType]::ParameterName, 'When the peer is verified, exchange identities and remember the peer under this name')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'What the exchange is for; both sides must say the same, and it is never sent')
            [CompletionResult]::new('--tries', '--tries', [CompletionResultType]::ParameterName, 'How many callers a listener that compares codes may meet in vain')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write events as JSON lines')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Describe the result as one JSON object on stdout, with the text in it')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Lock what is kept of the exchange with a passphrase, asked for on the terminal')
            [CompletionResult]::new('--passphrase', '--passphrase', [CompletionResultType]::ParameterName, 'Lock what is kept of the exchange with a passphrase, asked for on the terminal')
            [CompletionResult]::new('--code-prompt', '--code-prompt', [CompletionResultType]::ParameterName, 'Ask for the one-time code that the peer has told')
            [CompletionResult]::new('--trust-transport', '--trust-transport', [CompletionResultType]::ParameterName, 'The outer channel (ssh, a Unix socket of one user) vouches for the peer')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;finish' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the text for your peer, where there is one, to FILE [default: stdout]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the text for your peer, where there is one, to FILE [default: stdout]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Unlock what is kept of the exchange with the passphrase in the first line of this file')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write events as JSON lines')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Describe the result as one JSON object on stdout, with the text in it')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;confirm' {
            [CompletionResult]::new('--qr', '--qr', [CompletionResultType]::ParameterName, 'Write the QR code of this side to this new file, whose name ends in .svg or .png')
            [CompletionResult]::new('--verify-cmd', '--verify-cmd', [CompletionResultType]::ParameterName, 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Unlock what is kept of the exchange with the passphrase in the first line of this file')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write events as JSON lines')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the key to FILE, which must not exist yet [default: stdout]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the key to FILE, which must not exist yet [default: stdout]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the key is written: as an age identity that both sides hold, or its 32 bytes')
            [CompletionResult]::new('--label', '--label', [CompletionResultType]::ParameterName, 'What the key is for: other labels give other keys of the same exchange, and no key tells anything of another')
            [CompletionResult]::new('--also', '--also', [CompletionResultType]::ParameterName, 'Write one more key of the same exchange, under its own label, to a new file; can be repeated')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('--no', '--no', [CompletionResultType]::ParameterName, 'The codes differ, or the exchange is not wanted any more: forget it, however far it has come')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Describe the result as one JSON object on stdout; needs -o for the key')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'keypact;send' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The name that the peer sees, where one thing is sent [default: its own]')
            [CompletionResult]::new('--symlinks', '--symlinks', [CompletionResultType]::ParameterName, 'What becomes of symbolic links in folders: refuse, keep (as links), follow or skip')
            [CompletionResult]::new('--compress', '--compress', [CompletionResultType]::ParameterName, 'Compress contents before they are encrypted: zstd, none, or auto, which looks into the largest files. The number of encrypted bytes then betrays how well contents compress, and so something of them')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'When the wire breaks, meet the peer again for up to this many seconds, and go on; both sides say so [default: 0]')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Wait for the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed), or on the socket that systemd hands over (systemd)')
            [CompletionResult]::new('--connect', '--connect', [CompletionResultType]::ParameterName, 'Go to the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; tries again until --wait is over')
            [CompletionResult]::new('--relay', '--relay', [CompletionResultType]::ParameterName, 'Meet the peer at a relay, which sees ciphertext only: one side says HOST:PORT and gets a name to tell, the other one HOST:PORT/NAME (or both, where they have agreed on a name)')
            [CompletionResult]::new('--exec', '--exec', [CompletionResultType]::ParameterName, 'The peer is at the other end of a command''s stdin and stdout, run by sh')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Seconds until the peer must be there, 0 for one try [default: 60 on a terminal, 30 without]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds of silence after which a peer counts as gone')
            [CompletionResult]::new('--compare', '--compare', [CompletionResultType]::ParameterName, 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]')
            [CompletionResult]::new('--code', '--code', [CompletionResultType]::ParameterName, 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)')
            [CompletionResult]::new('--code-file', '--code-file', [CompletionResultType]::ParameterName, 'The one-time code is in the first line of this file')
            [CompletionResult]::new('--code-words', '--code-words', [CompletionResultType]::ParameterName, 'How many words a code has that is made here: 3 are 24 bits')
            [CompletionResult]::new('--qr', '--qr', [CompletionResultType]::ParameterName, 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where ''-'' draws it on the terminal')
            [CompletionResult]::new('--psk-file', '--psk-file', [CompletionResultType]::ParameterName, 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served')
            [CompletionResult]::new('--peer', '--peer', [CompletionResultType]::ParameterName, 'The peer is this one of the known peers, and knows you as one of its own')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519')
            [CompletionResult]::new('--verify-cmd', '--verify-cmd', [CompletionResultType]::ParameterName, 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match')
            [CompletionResult]::new('--enrol', '--enrol', [CompletionResultType]::ParameterName, 'When the peer is verified, exchange identities and remember the peer under this name')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'What the exchange is for; both sides must say the same, and it is never sent')
            [CompletionResult]::new('--tries', '--tries', [CompletionResultType]::ParameterName, 'How many callers a listener that compares codes may meet in vain')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write events as JSON lines')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('--pad', '--pad', [CompletionResultType]::ParameterName, 'Round the length of what travels up, by an eighth at most, so that it says little of what is sent')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write what was moved as one JSON object to stdout')
            [CompletionResult]::new('--stdio', '--stdio', [CompletionResultType]::ParameterName, 'The peer is at the other end of stdin and stdout')
            [CompletionResult]::new('--code-prompt', '--code-prompt', [CompletionResultType]::ParameterName, 'Ask for the one-time code that the peer has told')
            [CompletionResult]::new('--trust-transport', '--trust-transport', [CompletionResultType]::ParameterName, 'The outer channel (ssh, a Unix socket of one user) vouches for the peer')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;receive' {
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The folder that everything goes to, under the names that the sender gives [default: this one]')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'The folder that everything goes to, under the names that the sender gives [default: this one]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The name here of the one file or folder that comes; - is stdout, which gets each piece as soon as it is authentic')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The name here of the one file or folder that comes; - is stdout, which gets each piece as soon as it is authentic')
            [CompletionResult]::new('--if-exists', '--if-exists', [CompletionResultType]::ParameterName, 'What becomes of names that are taken by something else: fail, skip, rename (what arrives) or overwrite')
            [CompletionResult]::new('--max-bytes', '--max-bytes', [CompletionResultType]::ParameterName, 'Take no more bytes than this in all; K, M, G and T stand for powers of 1024')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Of what is offered take only what GLOB fits: a last name, or with a / in it a whole path; several times for several')
            [CompletionResult]::new('--symlinks', '--symlinks', [CompletionResultType]::ParameterName, 'What becomes of symbolic links: refuse, keep (those that lead to what comes with them) or skip')
            [CompletionResult]::new('--on-done', '--on-done', [CompletionResultType]::ParameterName, 'When all is in place, run the program CMD for each outermost file or folder, with its path as the only argument')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'When the wire breaks, meet the peer again for up to this many seconds, and go on; both sides say so [default: 0]')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Wait for the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed), or on the socket that systemd hands over (systemd)')
            [CompletionResult]::new('--connect', '--connect', [CompletionResultType]::ParameterName, 'Go to the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; tries again until --wait is over')
            [CompletionResult]::new('--relay', '--relay', [CompletionResultType]::ParameterName, 'Meet the peer at a relay, which sees ciphertext only: one side says HOST:PORT and gets a name to tell, the other one HOST:PORT/NAME (or both, where they have agreed on a name)')
            [CompletionResult]::new('--exec', '--exec', [CompletionResultType]::ParameterName, 'The peer is at the other end of a command''s stdin and stdout, run by sh')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Seconds until the peer must be there, 0 for one try [default: 60 on a terminal, 30 without]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds of silence after which a peer counts as gone')
            [CompletionResult]::new('--compare', '--compare', [CompletionResultType]::ParameterName, 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]')
            [CompletionResult]::new('--code', '--code', [CompletionResultType]::ParameterName, 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)')
            [CompletionResult]::new('--code-file', '--code-file', [CompletionResultType]::ParameterName, 'The one-time code is in the first line of this file')
            [CompletionResult]::new('--code-words', '--code-words', [CompletionResultType]::ParameterName, 'How many words a code has that is made here: 3 are 24 bits')
            [CompletionResult]::new('--qr', '--qr', [CompletionResultType]::ParameterName, 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where ''-'' draws it on the terminal')
            [CompletionResult]::new('--psk-file', '--psk-file', [CompletionResultType]::ParameterName, 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served')
            [CompletionResult]::new('--peer', '--peer', [CompletionResultType]::ParameterName, 'The peer is this one of the known peers, and knows you as one of its own')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519')
            [CompletionResult]::new('--verify-cmd', '--verify-cmd', [CompletionResultType]::ParameterName, 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match')
            [CompletionResult]::new('--enrol', '--enrol', [CompletionResultType]::ParameterName, 'When the peer is verified, exchange identities and remember the peer under this name')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'What the exchange is for; both sides must say the same, and it is never sent')
            [CompletionResult]::new('--tries', '--tries', [CompletionResultType]::ParameterName, 'How many callers a listener that compares codes may meet in vain')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write events as JSON lines')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take what is offered without asking; without a terminal only one plain file is taken unasked')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take what is offered without asking; without a terminal only one plain file is taken unasked')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write what was moved as one JSON object to stdout')
            [CompletionResult]::new('--stdio', '--stdio', [CompletionResultType]::ParameterName, 'The peer is at the other end of stdin and stdout')
            [CompletionResult]::new('--code-prompt', '--code-prompt', [CompletionResultType]::ParameterName, 'Ask for the one-time code that the peer has told')
            [CompletionResult]::new('--trust-transport', '--trust-transport', [CompletionResultType]::ParameterName, 'The outer channel (ssh, a Unix socket of one user) vouches for the peer')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;pipe' {
            [CompletionResult]::new('--input', '--input', [CompletionResultType]::ParameterName, 'What is sent to the peer [default: stdin]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Where the peer''s bytes go, each as soon as it is authentic: a file appears when all of them have come; - is stdout, also where that is a terminal and they are no text [default: stdout]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Where the peer''s bytes go, each as soon as it is authentic: a file appears when all of them have come; - is stdout, also where that is a terminal and they are no text [default: stdout]')
            [CompletionResult]::new('--compress', '--compress', [CompletionResultType]::ParameterName, 'Compress what is sent before it is encrypted: zstd or none. The number of encrypted bytes then betrays how well it compresses, and so something of it')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Wait for the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed), or on the socket that systemd hands over (systemd)')
            [CompletionResult]::new('--connect', '--connect', [CompletionResultType]::ParameterName, 'Go to the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; tries again until --wait is over')
            [CompletionResult]::new('--relay', '--relay', [CompletionResultType]::ParameterName, 'Meet the peer at a relay, which sees ciphertext only: one side says HOST:PORT and gets a name to tell, the other one HOST:PORT/NAME (or both, where they have agreed on a name)')
            [CompletionResult]::new('--exec', '--exec', [CompletionResultType]::ParameterName, 'The peer is at the other end of a command''s stdin and stdout, run by sh')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Seconds until the peer must be there, 0 for one try [default: 60 on a terminal, 30 without]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds of silence after which a peer counts as gone')
            [CompletionResult]::new('--compare', '--compare', [CompletionResultType]::ParameterName, 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]')
            [CompletionResult]::new('--code', '--code', [CompletionResultType]::ParameterName, 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)')
            [CompletionResult]::new('--code-file', '--code-file', [CompletionResultType]::ParameterName, 'The one-time code is in the first line of this file')
            [CompletionResult]::new('--code-words', '--code-words', [CompletionResultType]::ParameterName, 'How many words a code has that is made here: 3 are 24 bits')
            [CompletionResult]::new('--qr', '--qr', [CompletionResultType]::ParameterName, 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where ''-'' draws it on the terminal')
            [CompletionResult]::new('--psk-file', '--psk-file', [CompletionResultType]::ParameterName, 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served')
            [CompletionResult]::new('--peer', '--peer', [CompletionResultType]::ParameterName, 'The peer is this one of the known peers, and knows you as one of its own')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519')
            [CompletionResult]::new('--verify-cmd', '--verify-cmd', [CompletionResultType]::ParameterName, 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match')
            [CompletionResult]::new('--enrol', '--enrol', [CompletionResultType]::ParameterName, 'When the peer is verified, exchange identities and remember the peer under this name')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'What the exchange is for; both sides must say the same, and it is never sent')
            [CompletionResult]::new('--tries', '--tries', [CompletionResultType]::ParameterName, 'How many callers a listener that compares codes may meet in vain')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write events as JSON lines')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('--stdio', '--stdio', [CompletionResultType]::ParameterName, 'The peer is at the other end of stdin and stdout')
            [CompletionResult]::new('--code-prompt', '--code-prompt', [CompletionResultType]::ParameterName, 'Ask for the one-time code that the peer has told')
            [CompletionResult]::new('--trust-transport', '--trust-transport', [CompletionResultType]::ParameterName, 'The outer channel (ssh, a Unix socket of one user) vouches for the peer')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;relay' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Wait for both sides at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed), or on the socket that systemd hands over (systemd)')
            [CompletionResult]::new('--max-connections', '--max-connections', [CompletionResultType]::ParameterName, 'Connections at once; further ones are refused')
            [CompletionResult]::new('--max-per-address', '--max-per-address', [CompletionResultType]::ParameterName, 'Connections at once from one address (of IPv6, from one network of 64 bits); further ones are refused')
            [CompletionResult]::new('--max-wait', '--max-wait', [CompletionResultType]::ParameterName, 'Seconds that one side may wait for the other')
            [CompletionResult]::new('--max-idle', '--max-idle', [CompletionResultType]::ParameterName, 'Seconds that two sides may be silent, both of them')
            [CompletionResult]::new('--max-bytes', '--max-bytes', [CompletionResultType]::ParameterName, 'Bytes that two sides may exchange; K, M, G and T stand for powers of 1024 [default: any number]')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write what happens as one JSON object a line')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;forward' {
            [CompletionResult]::new('-L', '-L ', [CompletionResultType]::ParameterName, 'Take connections on this machine and lead them to HOST:PORT on the peer''s side, which must allow it; several times for several. Without BIND only this machine can connect; unix:PATH may stand for either end; port 0 is any, which is printed')
            [CompletionResult]::new('--allow', '--allow', [CompletionResultType]::ParameterName, 'Let the peer connect to this from here: HOST:PORT, HOST:* or unix:PATH, spelled as the peer spells it; several times for several [default: nothing]')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Wait for the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH (port 0: any, which is printed), or on the socket that systemd hands over (systemd)')
            [CompletionResult]::new('--connect', '--connect', [CompletionResultType]::ParameterName, 'Go to the peer at HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH; tries again until --wait is over')
            [CompletionResult]::new('--relay', '--relay', [CompletionResultType]::ParameterName, 'Meet the peer at a relay, which sees ciphertext only: one side says HOST:PORT and gets a name to tell, the other one HOST:PORT/NAME (or both, where they have agreed on a name)')
            [CompletionResult]::new('--exec', '--exec', [CompletionResultType]::ParameterName, 'The peer is at the other end of a command''s stdin and stdout, run by sh')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Seconds until the peer must be there, 0 for one try [default: 60 on a terminal, 30 without]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds of silence after which a peer counts as gone')
            [CompletionResult]::new('--compare', '--compare', [CompletionResultType]::ParameterName, 'Two people compare a code: words, words:N, digits, emoji, typed or qr [default on a terminal: words]')
            [CompletionResult]::new('--code', '--code', [CompletionResultType]::ParameterName, 'Both sides know a one-time code: made here and shown, to be told to the peer. (--code=CODE takes one that is known already; others on this machine can see it.)')
            [CompletionResult]::new('--code-file', '--code-file', [CompletionResultType]::ParameterName, 'The one-time code is in the first line of this file')
            [CompletionResult]::new('--code-words', '--code-words', [CompletionResultType]::ParameterName, 'How many words a code has that is made here: 3 are 24 bits')
            [CompletionResult]::new('--qr', '--qr', [CompletionResultType]::ParameterName, 'Write the QR code of --compare qr to this new file too, whose name ends in .svg or .png; with --code, make the one-time code for a camera and write that, where ''-'' draws it on the terminal')
            [CompletionResult]::new('--psk-file', '--psk-file', [CompletionResultType]::ParameterName, 'Both sides hold this key, which a courier carried: 64 or 32 hexadecimal digits, or base64, in the first line. A key that is marked for one use is destroyed when it has served')
            [CompletionResult]::new('--peer', '--peer', [CompletionResultType]::ParameterName, 'The peer is this one of the known peers, and knows you as one of its own')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Prove yourself with the identity in this file, or with the SSH key of this .pub file through the SSH agent [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Which key of your identity to show: x25519 (nobody can show others that it was you) or ed25519')
            [CompletionResult]::new('--verify-cmd', '--verify-cmd', [CompletionResultType]::ParameterName, 'Let CMD compare instead of a person: it finds the code in `KEYPACT_SAS` and exits with 0 for a match')
            [CompletionResult]::new('--enrol', '--enrol', [CompletionResultType]::ParameterName, 'When the peer is verified, exchange identities and remember the peer under this name')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'What the exchange is for; both sides must say the same, and it is never sent')
            [CompletionResult]::new('--tries', '--tries', [CompletionResultType]::ParameterName, 'How many callers a listener that compares codes may meet in vain')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write events as JSON lines')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('--stdio', '--stdio', [CompletionResultType]::ParameterName, 'The peer is at the other end of stdin and stdout')
            [CompletionResult]::new('--code-prompt', '--code-prompt', [CompletionResultType]::ParameterName, 'Ask for the one-time code that the peer has told')
            [CompletionResult]::new('--trust-transport', '--trust-transport', [CompletionResultType]::ParameterName, 'The outer channel (ssh, a Unix socket of one user) vouches for the peer')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;tour' {
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;encrypt' {
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Encrypt to this recipient (age1…, age1NAME1… of a plugin, or the line of an SSH public key); can be repeated')
            [CompletionResult]::new('--recipient', '--recipient', [CompletionResultType]::ParameterName, 'Encrypt to this recipient (age1…, age1NAME1… of a plugin, or the line of an SSH public key); can be repeated')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Encrypt to the recipients in this file, one a line; SSH public keys may be among them; can be repeated')
            [CompletionResult]::new('--recipients-file', '--recipients-file', [CompletionResultType]::ParameterName, 'Encrypt to the recipients in this file, one a line; SSH public keys may be among them; can be repeated')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Encrypt to the recipients of the identities in this file, or to this SSH key; can be repeated')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Encrypt to the recipients of the identities in this file, or to this SSH key; can be repeated')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'Encrypt to the identity of this plugin, age-plugin-NAME, which needs no data; can be repeated')
            [CompletionResult]::new('--plugin', '--plugin', [CompletionResultType]::ParameterName, 'Encrypt to the identity of this plugin, age-plugin-NAME, which needs no data; can be repeated')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Encrypt with the passphrase in the first line of this file')
            [CompletionResult]::new('--max-work-factor', '--max-work-factor', [CompletionResultType]::ParameterName, 'Refuse passphrases whose check takes more than 2^N KiB of memory and the time to fill it [default: 22]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to this file, which appears when it is complete [default: stdout]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to this file, which appears when it is complete [default: stdout]')
            [CompletionResult]::new('--output-dir', '--output-dir', [CompletionResultType]::ParameterName, 'Write the results into this folder [default, with several inputs: beside each]')
            [CompletionResult]::new('--if-exists', '--if-exists', [CompletionResultType]::ParameterName, 'With several inputs, when a result''s name is taken: fail, skip or overwrite')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'Work on this many processors [default: all there are]')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write events as JSON lines to this file or descriptor')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Encrypt with a passphrase, asked for on the terminal')
            [CompletionResult]::new('--passphrase', '--passphrase', [CompletionResultType]::ParameterName, 'Encrypt with a passphrase, asked for on the terminal')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Write text (ASCII armor) instead of binary')
            [CompletionResult]::new('--armor', '--armor', [CompletionResultType]::ParameterName, 'Write text (ASCII armor) instead of binary')
            [CompletionResult]::new('--archive', '--archive', [CompletionResultType]::ParameterName, 'Put all inputs into one archive, folders with all that is in them')
            [CompletionResult]::new('--no-padding', '--no-padding', [CompletionResultType]::ParameterName, 'Leave no room in the header for recipients that come later (see ''keypact rewrap'')')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Take folders as inputs, with all files in them')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print a summary as one JSON object on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;decrypt' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Use the identities in this file, or this SSH private key; either may be locked with a passphrase; can be repeated [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Use the identities in this file, or this SSH private key; either may be locked with a passphrase; can be repeated [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Use the passphrase in the first line of this file, for the input, the identity file or the SSH key')
            [CompletionResult]::new('--max-work-factor', '--max-work-factor', [CompletionResultType]::ParameterName, 'Refuse passphrases whose check takes more than 2^N KiB of memory and the time to fill it [default: 22]')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'Use the identity of this plugin, age-plugin-NAME, which needs no data; can be repeated')
            [CompletionResult]::new('--plugin', '--plugin', [CompletionResultType]::ParameterName, 'Use the identity of this plugin, age-plugin-NAME, which needs no data; can be repeated')
            [CompletionResult]::new('--range', '--range', [CompletionResultType]::ParameterName, 'Write the bytes from START up to END (not included) alone; either may be left out')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to this file, which appears when it is complete [default: stdout]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to this file, which appears when it is complete [default: stdout]')
            [CompletionResult]::new('--output-dir', '--output-dir', [CompletionResultType]::ParameterName, 'Write the results into this folder [default, with several inputs: beside each]')
            [CompletionResult]::new('--if-exists', '--if-exists', [CompletionResultType]::ParameterName, 'With several inputs, when a result''s name is taken: fail, skip or overwrite')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'Work on this many processors [default: all there are]')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write events as JSON lines to this file or descriptor')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Ask for the passphrase of a file that is locked with one (where no identity is named, ''keypact decrypt'' asks without the flag too)')
            [CompletionResult]::new('--passphrase', '--passphrase', [CompletionResultType]::ParameterName, 'Ask for the passphrase of a file that is locked with one (where no identity is named, ''keypact decrypt'' asks without the flag too)')
            [CompletionResult]::new('--verify-only', '--verify-only', [CompletionResultType]::ParameterName, 'Authenticate everything and write nothing')
            [CompletionResult]::new('--archive', '--archive', [CompletionResultType]::ParameterName, 'Restore the archive that ''keypact encrypt --archive'' made, into --output-dir or this folder')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Take folders as inputs, with all files in them')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print a summary as one JSON object on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;inspect' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Use the identities in this file, or this SSH private key; either may be locked with a passphrase; can be repeated [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Use the identities in this file, or this SSH private key; either may be locked with a passphrase; can be repeated [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Use the passphrase in the first line of this file, for the input, the identity file or the SSH key')
            [CompletionResult]::new('--max-work-factor', '--max-work-factor', [CompletionResultType]::ParameterName, 'Refuse passphrases whose check takes more than 2^N KiB of memory and the time to fill it [default: 22]')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Ask for the passphrase of a file that is locked with one (where no identity is named, ''keypact decrypt'' asks without the flag too)')
            [CompletionResult]::new('--passphrase', '--passphrase', [CompletionResultType]::ParameterName, 'Ask for the passphrase of a file that is locked with one (where no identity is named, ''keypact decrypt'' asks without the flag too)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a file')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;rewrap' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Use the identities in this file, or this SSH private key; either may be locked with a passphrase; can be repeated [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Use the identities in this file, or this SSH private key; either may be locked with a passphrase; can be repeated [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Use the passphrase in the first line of this file, for the input, the identity file or the SSH key')
            [CompletionResult]::new('--max-work-factor', '--max-work-factor', [CompletionResultType]::ParameterName, 'Refuse passphrases whose check takes more than 2^N KiB of memory and the time to fill it [default: 22]')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'Open the files with the identity of this plugin, age-plugin-NAME, which needs no data; can be repeated')
            [CompletionResult]::new('--plugin', '--plugin', [CompletionResultType]::ParameterName, 'Open the files with the identity of this plugin, age-plugin-NAME, which needs no data; can be repeated')
            [CompletionResult]::new('--add', '--add', [CompletionResultType]::ParameterName, 'Let this recipient in, too; can be repeated')
            [CompletionResult]::new('--remove', '--remove', [CompletionResultType]::ParameterName, 'Let this recipient in no longer, or whoever has the stanza of this number in ''keypact inspect''; can be repeated')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Let in exactly the recipients in this file, one a line; can be repeated')
            [CompletionResult]::new('--recipients-file', '--recipients-file', [CompletionResultType]::ParameterName, 'Let in exactly the recipients in this file, one a line; can be repeated')
            [CompletionResult]::new('--new-passphrase-file', '--new-passphrase-file', [CompletionResultType]::ParameterName, 'Lock with the passphrase in the first line of this file instead')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Ask for the passphrase of a file that is locked with one (where no identity is named, ''keypact decrypt'' asks without the flag too)')
            [CompletionResult]::new('--passphrase', '--passphrase', [CompletionResultType]::ParameterName, 'Ask for the passphrase of a file that is locked with one (where no identity is named, ''keypact decrypt'' asks without the flag too)')
            [CompletionResult]::new('--new-passphrase', '--new-passphrase', [CompletionResultType]::ParameterName, 'Lock with a new passphrase instead, asked for on the terminal')
            [CompletionResult]::new('--deep', '--deep', [CompletionResultType]::ParameterName, 'Encrypt the content anew, under a new file key')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Change nothing, and say what would happen')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Go through folders, and take every age file in them, whatever its name')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a file')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;key' {
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('generate', 'generate', [CompletionResultType]::ParameterValue, 'Make an identity and print its recipient')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print the recipients of an identity file, one a line')
            [CompletionResult]::new('plugin', 'plugin', [CompletionResultType]::ParameterValue, 'Print an identity that lets other age programs use an identity file, through age-plugin-keypact')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'keypact;key;generate' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'The kind: hybrid (ML-KEM-768 and X25519, safe against quantum computers) or x25519 (shorter, for old readers)')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Lock the identity file with the passphrase in the first line of this file')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the identity to this new file; ''-'' prints it [default: identity.txt in the folder for configuration, which is used when no identity is named]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the identity to this new file; ''-'' prints it [default: identity.txt in the folder for configuration, which is used when no identity is named]')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Lock the identity file with a passphrase, asked for on the terminal')
            [CompletionResult]::new('--passphrase', '--passphrase', [CompletionResultType]::ParameterName, 'Lock the identity file with a passphrase, asked for on the terminal')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;key;show' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'The identity file, which may be locked with a passphrase, or an SSH private key; can be repeated [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'The identity file, which may be locked with a passphrase, or an SSH private key; can be repeated [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Open the identity file with the passphrase in the first line of this file')
            [CompletionResult]::new('--max-work-factor', '--max-work-factor', [CompletionResultType]::ParameterName, 'Refuse passphrases whose check takes more than 2^N KiB of memory and the time to fill it [default: 22]')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('--qr', '--qr', [CompletionResultType]::ParameterName, 'Draw QR codes instead')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;key;plugin' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'The identity file, which may be locked with a passphrase and must stay where it is [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'The identity file, which may be locked with a passphrase and must stay where it is [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Open the identity file with the passphrase in the first line of this file')
            [CompletionResult]::new('--max-work-factor', '--max-work-factor', [CompletionResultType]::ParameterName, 'Refuse passphrases whose check takes more than 2^N KiB of memory and the time to fill it [default: 22]')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;key;help' {
            [CompletionResult]::new('generate', 'generate', [CompletionResultType]::ParameterValue, 'Make an identity and print its recipient')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print the recipients of an identity file, one a line')
            [CompletionResult]::new('plugin', 'plugin', [CompletionResultType]::ParameterValue, 'Print an identity that lets other age programs use an identity file, through age-plugin-keypact')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'keypact;key;help;generate' {
            break
        }
        'keypact;key;help;show' {
            break
        }
        'keypact;key;help;plugin' {
            break
        }
        'keypact;key;help;help' {
            break
        }
        'keypact;courier' {
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('pack', 'pack', [CompletionResultType]::ParameterValue, 'Write a key as words, as a QR code or as a page to print')
            [CompletionResult]::new('open', 'open', [CompletionResultType]::ParameterValue, 'Read a key from words or from a picture of its code')
            [CompletionResult]::new('split', 'split', [CompletionResultType]::ParameterValue, 'Split a key into shares, of which some are enough')
            [CompletionResult]::new('join', 'join', [CompletionResultType]::ParameterValue, 'Bring the shares of a key together')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'keypact;courier;pack' {
            [CompletionResult]::new('--generate', '--generate', [CompletionResultType]::ParameterName, 'Make a new key: psk, for ''keypact exchange --psk-file''; needs -o for your own copy')
            [CompletionResult]::new('--bits', '--bits', [CompletionResultType]::ParameterName, 'How many bits a new key has: 128 (20 words) or 256 (33 words)')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write your own copy of a new key to FILE, which must not exist yet')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write your own copy of a new key to FILE, which must not exist yet')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Pack the identity in this file, so that its owner can carry or keep it')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Pack the identity in this file, so that its owner can carry or keep it')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Lock the key with the passphrase in the first line of this file')
            [CompletionResult]::new('--qr', '--qr', [CompletionResultType]::ParameterName, 'Write a QR code to this new file, whose name ends in .svg or .png; ''-'' draws it on the terminal')
            [CompletionResult]::new('--sheet', '--sheet', [CompletionResultType]::ParameterName, 'Write a page to print (SVG, A4) to this new file: words, QR code, check value, instructions')
            [CompletionResult]::new('--purpose', '--purpose', [CompletionResultType]::ParameterName, 'What the key is for, to be printed on the page')
            [CompletionResult]::new('--destroy-after', '--destroy-after', [CompletionResultType]::ParameterName, 'When the page is to be destroyed, to be printed on it')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Lock the key with a passphrase, asked for on the terminal (Argon2id; only keypact opens it)')
            [CompletionResult]::new('--passphrase', '--passphrase', [CompletionResultType]::ParameterName, 'Lock the key with a passphrase, asked for on the terminal (Argon2id; only keypact opens it)')
            [CompletionResult]::new('--slip39-passphrase', '--slip39-passphrase', [CompletionResultType]::ParameterName, 'Lock it in the weaker way that every SLIP-39 program opens; a wrong passphrase then gives a wrong key')
            [CompletionResult]::new('--words', '--words', [CompletionResultType]::ParameterName, 'Write words to stdout, five on a line, which is the default')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;courier;open' {
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'Read the QR code in this picture (PNG), or what a scanner program has read')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the key to FILE, which must not exist yet; ''-'' shows it [default: stdout, if that is no terminal]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the key to FILE, which must not exist yet; ''-'' shows it [default: stdout, if that is no terminal]')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'What words are: psk (a key for an exchange), hybrid or x25519 (an identity); QR codes say so themselves [default: psk]')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'The check value that the paper or your peer tells, of eight digits')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Open it with the passphrase in the first line of this file')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('--words', '--words', [CompletionResultType]::ParameterName, 'Read words, from stdin or typed on the terminal, which is the default')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Do not mark the key as one for a single exchange')
            [CompletionResult]::new('--show', '--show', [CompletionResultType]::ParameterName, 'Show the words while they are typed')
            [CompletionResult]::new('--slip39-passphrase', '--slip39-passphrase', [CompletionResultType]::ParameterName, 'The code is locked with a passphrase as SLIP-39 has it, which nothing in the words tells')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;courier;split' {
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'How many shares bring the key back')
            [CompletionResult]::new('--threshold', '--threshold', [CompletionResultType]::ParameterName, 'How many shares bring the key back')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'How many shares there are, 16 at most')
            [CompletionResult]::new('--shares', '--shares', [CompletionResultType]::ParameterName, 'How many shares there are, 16 at most')
            [CompletionResult]::new('--generate', '--generate', [CompletionResultType]::ParameterName, 'Make a new key: psk, for ''keypact exchange --psk-file''; needs -o for your own copy')
            [CompletionResult]::new('--bits', '--bits', [CompletionResultType]::ParameterName, 'How many bits a new key has: 128 (20 words) or 256 (33 words)')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write your own copy of a new key to FILE, which must not exist yet')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write your own copy of a new key to FILE, which must not exist yet')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Pack the identity in this file, so that its owner can carry or keep it')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Pack the identity in this file, so that its owner can carry or keep it')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Lock the key with the passphrase in the first line of this file')
            [CompletionResult]::new('--output-dir', '--output-dir', [CompletionResultType]::ParameterName, 'Write each share to a new file in this folder [default: all of them to stdout, one after the other]')
            [CompletionResult]::new('--purpose', '--purpose', [CompletionResultType]::ParameterName, 'What the key is for, to be printed on the page')
            [CompletionResult]::new('--destroy-after', '--destroy-after', [CompletionResultType]::ParameterName, 'When the page is to be destroyed, to be printed on it')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Lock the key with a passphrase, asked for on the terminal (Argon2id; only keypact opens it)')
            [CompletionResult]::new('--passphrase', '--passphrase', [CompletionResultType]::ParameterName, 'Lock the key with a passphrase, asked for on the terminal (Argon2id; only keypact opens it)')
            [CompletionResult]::new('--slip39-passphrase', '--slip39-passphrase', [CompletionResultType]::ParameterName, 'Lock it in the weaker way that every SLIP-39 program opens; a wrong passphrase then gives a wrong key')
            [CompletionResult]::new('--sheets', '--sheets', [CompletionResultType]::ParameterName, 'Write pages to print (SVG, A4) instead of words')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;courier;join' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the key to FILE, which must not exist yet; ''-'' shows it [default: stdout, if that is no terminal]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the key to FILE, which must not exist yet; ''-'' shows it [default: stdout, if that is no terminal]')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'What words are: psk (a key for an exchange), hybrid or x25519 (an identity); QR codes say so themselves [default: psk]')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'The check value that the paper or your peer tells, of eight digits')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Open it with the passphrase in the first line of this file')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Do not mark the key as one for a single exchange')
            [CompletionResult]::new('--show', '--show', [CompletionResultType]::ParameterName, 'Show the words while they are typed')
            [CompletionResult]::new('--slip39-passphrase', '--slip39-passphrase', [CompletionResultType]::ParameterName, 'The code is locked with a passphrase as SLIP-39 has it, which nothing in the words tells')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;courier;help' {
            [CompletionResult]::new('pack', 'pack', [CompletionResultType]::ParameterValue, 'Write a key as words, as a QR code or as a page to print')
            [CompletionResult]::new('open', 'open', [CompletionResultType]::ParameterValue, 'Read a key from words or from a picture of its code')
            [CompletionResult]::new('split', 'split', [CompletionResultType]::ParameterValue, 'Split a key into shares, of which some are enough')
            [CompletionResult]::new('join', 'join', [CompletionResultType]::ParameterValue, 'Bring the shares of a key together')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'keypact;courier;help;pack' {
            break
        }
        'keypact;courier;help;open' {
            break
        }
        'keypact;courier;help;split' {
            break
        }
        'keypact;courier;help;join' {
            break
        }
        'keypact;courier;help;help' {
            break
        }
        'keypact;peer' {
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Remember a peer by a key that you have from it by a way you trust')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the known peers')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a known peer; without a name, your own identity')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Forget a peer')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'keypact;peer;add' {
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;peer;list' {
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON, one object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;peer;show' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Your own identity is in this file [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Your own identity is in this file [default: the identity that ''keypact key generate'' made]')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Which key of your own: x25519 or ed25519')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;peer;remove' {
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;peer;help' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Remember a peer by a key that you have from it by a way you trust')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the known peers')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a known peer; without a name, your own identity')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Forget a peer')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'keypact;peer;help;add' {
            break
        }
        'keypact;peer;help;list' {
            break
        }
        'keypact;peer;help;show' {
            break
        }
        'keypact;peer;help;remove' {
            break
        }
        'keypact;peer;help;help' {
            break
        }
        'keypact;verify' {
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'Read the peer''s QR code from this PNG picture')
            [CompletionResult]::new('--qr', '--qr', [CompletionResultType]::ParameterName, 'Write the QR code of this side to this new file, whose name ends in .svg or .png')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'Unlock what is kept of an exchange of texts with the passphrase in the first line of this file')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;util' {
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Write the completions of a shell to stdout')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Write the man pages into a folder (this one, if none is named)')
            [CompletionResult]::new('paths', 'paths', [CompletionResultType]::ParameterValue, 'Name the folders in use, one per line')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'keypact;util;completions' {
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;util;man' {
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;util;paths' {
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How errors are written: json puts one object on the last line of stderr')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never')
            [CompletionResult]::new('--home', '--home', [CompletionResultType]::ParameterName, 'Keep all files of keypact in this folder (environment: KEYPACT_HOME)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As one JSON object')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask on the terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'keypact;util;help' {
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Write the completions of a shell to stdout')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Write the man pages into a folder (this one, if none is named)')
            [CompletionResult]::new('paths', 'paths', [CompletionResultType]::ParameterValue, 'Name the folders in use, one per line')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'keypact;util;help;completions' {
            break
        }
        'keypact;util;help;man' {
            break
        }
        'keypact;util;help;paths' {
            break
        }
        'keypact;util;help;help' {
            break
        }
        'keypact;help' {
            [CompletionResult]::new('exchange', 'exchange', [CompletionResultType]::ParameterValue, 'Agree on a key with a peer')
            [CompletionResult]::new('offer', 'offer', [CompletionResultType]::ParameterValue, 'Begin an exchange as a text for your peer, to be carried by mail or chat')
            [CompletionResult]::new('accept', 'accept', [CompletionResultType]::ParameterValue, 'Answer your peer''s offer with a text')
            [CompletionResult]::new('finish', 'finish', [CompletionResultType]::ParameterValue, 'Take in the text that your peer has made of yours')
            [CompletionResult]::new('confirm', 'confirm', [CompletionResultType]::ParameterValue, 'Confirm an exchange of texts, and get its key')
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Send a file to a peer')
            [CompletionResult]::new('receive', 'receive', [CompletionResultType]::ParameterValue, 'Receive a file from a peer')
            [CompletionResult]::new('pipe', 'pipe', [CompletionResultType]::ParameterValue, 'Join stdin and stdout with those of a peer')
            [CompletionResult]::new('relay', 'relay', [CompletionResultType]::ParameterValue, 'Let two sides meet that cannot reach each other')
            [CompletionResult]::new('forward', 'forward', [CompletionResultType]::ParameterValue, 'Lead connections to the side of a peer')
            [CompletionResult]::new('tour', 'tour', [CompletionResultType]::ParameterValue, 'Show an exchange and a transfer between two real processes')
            [CompletionResult]::new('encrypt', 'encrypt', [CompletionResultType]::ParameterValue, 'Encrypt a file')
            [CompletionResult]::new('decrypt', 'decrypt', [CompletionResultType]::ParameterValue, 'Decrypt a file')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Show what a file says of itself, without its content')
            [CompletionResult]::new('rewrap', 'rewrap', [CompletionResultType]::ParameterValue, 'Change who can open a file')
            [CompletionResult]::new('key', 'key', [CompletionResultType]::ParameterValue, 'Make identities and show their recipients')
            [CompletionResult]::new('courier', 'courier', [CompletionResultType]::ParameterValue, 'Carry keys on paper, as words and QR codes, whole or in shares')
            [CompletionResult]::new('peer', 'peer', [CompletionResultType]::ParameterValue, 'Remember peers, so that nobody need compare anything the next time')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Compare the codes of a session that waits in another window')
            [CompletionResult]::new('util', 'util', [CompletionResultType]::ParameterValue, 'Write completions and man pages, name the folders in use')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'keypact;help;exchange' {
            break
        }
        'keypact;help;offer' {
            break
        }
        'keypact;help;accept' {
            break
        }
        'keypact;help;finish' {
            break
        }
        'keypact;help;confirm' {
            break
        }
        'keypact;help;send' {
            break
        }
        'keypact;help;receive' {
            break
        }
        'keypact;help;pipe' {
            break
        }
        'keypact;help;relay' {
            break
        }
        'keypact;help;forward' {
            break
        }
        'keypact;help;tour' {
            break
        }
        'keypact;help;encrypt' {
            break
        }
        'keypact;help;decrypt' {
            break
        }
        'keypact;help;inspect' {
            break
        }
        'keypact;help;rewrap' {
            break
        }
        'keypact;help;key' {
            [CompletionResult]::new('generate', 'generate', [CompletionResultType]::ParameterValue, 'Make an identity and print its recipient')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print the recipients of an identity file, one a line')
            [CompletionResult]::new('plugin', 'plugin', [CompletionResultType]::ParameterValue, 'Print an identity that lets other age programs use an identity file, through age-plugin-keypact')
            break
        }
        'keypact;help;key;generate' {
            break
        }
        'keypact;help;key;show' {
            break
        }
        'keypact;help;key;plugin' {
            break
        }
        'keypact;help;courier' {
            [CompletionResult]::new('pack', 'pack', [CompletionResultType]::ParameterValue, 'Write a key as words, as a QR code or as a page to print')
            [CompletionResult]::new('open', 'open', [CompletionResultType]::ParameterValue, 'Read a key from words or from a picture of its code')
            [CompletionResult]::new('split', 'split', [CompletionResultType]::ParameterValue, 'Split a key into shares, of which some are enough')
            [CompletionResult]::new('join', 'join', [CompletionResultType]::ParameterValue, 'Bring the shares of a key together')
            break
        }
        'keypact;help;courier;pack' {
            break
        }
        'keypact;help;courier;open' {
            break
        }
        'keypact;help;courier;split' {
            break
        }
        'keypact;help;courier;join' {
            break
        }
        'keypact;help;peer' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Remember a peer by a key that you have from it by a way you trust')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the known peers')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a known peer; without a name, your own identity')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Forget a peer')
            break
        }
        'keypact;help;peer;add' {
            break
        }
        'keypact;help;peer;list' {
            break
        }
        'keypact;help;peer;show' {
            break
        }
        'keypact;help;peer;remove' {
            break
        }
        'keypact;help;verify' {
            break
        }
        'keypact;help;util' {
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Write the completions of a shell to stdout')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Write the man pages into a folder (this one, if none is named)')
            [CompletionResult]::new('paths', 'paths', [CompletionResultType]::ParameterValue, 'Name the folders in use, one per line')
            break
        }
        'keypact;help;util;completions' {
            break
        }
        'keypact;help;util;man' {
            break
        }
        'keypact;help;util;paths' {
            break
        }
        'keypact;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
