// One operation of age-encryption, whose main file is the first argument, from standard input to standard output.

const [library, operation, ...words] = process.argv.slice(2);
const age = await import(library);

async function input() {
    const parts = [];
    for await (const part of process.stdin) parts.push(part);
    return new Uint8Array(Buffer.concat(parts));
}

const operations = {
    async seal(kind, key, form) {
        const encrypter = new age.Encrypter();
        if (kind === "key") key.split("\n").forEach((line) => encrypter.addRecipient(line));
        else encrypter.setPassphrase(key);
        const file = await encrypter.encrypt(await input());
        return form === "armor" ? age.armor.encode(file) : file;
    },
    async open(kind, key) {
        const decrypter = new age.Decrypter();
        if (kind === "key") decrypter.addIdentity(key);
        else decrypter.addPassphrase(key);
        const file = await input();
        const isArmored = file[0] === "-".charCodeAt(0);
        return decrypter.decrypt(isArmored ? age.armor.decode(new TextDecoder().decode(file)) : file);
    },
    generate: (kind) => (kind === "hybrid" ? age.generateHybridIdentity() : age.generateX25519Identity()),
    recipient: (identity) => age.identityToRecipient(identity),
};

process.stdout.write(await operations[operation](...words));
