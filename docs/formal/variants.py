#!/usr/bin/env python3
"""Writes the variants of the models next to them: designs that must fail, and worse attackers.

    python3 docs/formal/variants.py [FOLDER]

README.md says what each must give.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

INITIATOR = "new x:scalar; new s:kemsk; new nI:bitstring;"
RESPONDER = "new y:scalar; new r:bitstring; new nR:bitstring;"
DH_BROKEN = [(INITIATOR, "new x:scalar; out(c,x); new s:kemsk; new nI:bitstring;"),
             (RESPONDER, "new y:scalar; out(c,y); new r:bitstring; new nR:bitstring;")]
KEM_BROKEN = [(INITIATOR, "new x:scalar; new s:kemsk; out(c,s); new nI:bitstring;"),
              (RESPONDER, "new y:scalar; new r:bitstring; out(c,r); new nR:bitstring;")]
BOTH_BROKEN = [(INITIATOR, "new x:scalar; out(c,x); new s:kemsk; out(c,s); new nI:bitstring;"),
               (RESPONDER, "new y:scalar; out(c,y); new r:bitstring; out(c,r); new nR:bitstring;")]
ONE_RUN = [("(! Initiator()) | (! Responder())", "Initiator() | Responder()")]
# An attack is found without it, and sooner.
PLAIN = [("set preciseActions = true.\n", "")]
SENT = "out(c, (exp(g,x), kpk(s), cI));"
CHECK, COMMIT = "if cI = commit(nI, m1) then", "let cI = commit(nI, m1) in"

I_BELIEVES_R = "query k:key; event(AccI(exp(g,a),exp(g,b),k)) ==> event(RunR(exp(g,a),exp(g,b),k)).\n"
R_BELIEVES_I = "query k:key; event(AccR(exp(g,a),exp(g,b),k)) ==> event(RunI(exp(g,a),exp(g,b),k)).\n"
REACHED = "query k:key; event(AccI(exp(g,a),exp(g,b),k)).\n"
SECRET = "query attacker(dI). query attacker(dR).\n"
PAIR = "( (!Initiator(a, exp(g,b), dI)) | (!Responder(b, exp(g,a), dR))  )"
KNOWN = "out(c, exp(g,a)); out(c, exp(g,b)); \n"

AGREEMENT = [("weaksecret code.\n",
              "query k:key; inj-event(AccR(k)) ==> inj-event(RunI(k)).\n"
              "query k:key; inj-event(AccI(k)) ==> inj-event(RunR(k)).\n"
              "query k:key; event(AccR(k)).\n")]

VARIANTS = {
    "sas_dh_broken": ("sas", DH_BROKEN),
    "sas_kem_broken": ("sas", KEM_BROKEN),
    "sas_both_broken": ("sas", BOTH_BROKEN + ONE_RUN),
    "sas_reach": ("sas", ONE_RUN + [("query attacker(dR).\n", "query attacker(dR).\nquery k:key; event(AccI(k)).\n"
                                                             "query k:key; event(AccR(k)).\n")]),
    "sas_no_commitment": ("sas", PLAIN + [(COMMIT, "let cI = nI in"), (CHECK, "if cI = nI then")]),
    "sas_no_check": ("sas", PLAIN + [(CHECK, "")]),
    "sas_offer_reuse": ("sas", PLAIN + [(SENT, f"{SENT}\n  !")]),
    "sas_covers_finish": ("sas", PLAIN + [
        ("(* sas(M1, M2 without n_R, n_R, n_I) *)\nfun sas(",
         "(* WRONG: the SAS also covers the rest of M3 *)\nfun sas(bitstring, "),
        ("fun gI(bitstring, bitstring, bitstring, bitstring): bitstring.\n", ""),
        ("fun gR(bitstring, bitstring, bitstring, bitstring): bitstring.\n",
         "fun gX(bitstring, bitstring, bitstring, bitstring, bitstring): bitstring.\n"),
        ("equation forall a:bitstring, b:bitstring, r:bitstring, t:bitstring; sas(a,b,r,gI(a,b,r,t)) = t.\n", ""),
        ("equation forall a:bitstring, b:bitstring, i:bitstring, t:bitstring; sas(a,b,gR(a,b,i,t),i) = t.\n",
         "equation forall a:bitstring, b:bitstring, r:bitstring, i:bitstring, t:bitstring; "
         "sas(a,b,r,i,gX(a,b,r,i,t)) = t.\n"),
        ("nR, nI) in\n  event RunI", "nR, nI, xI) in\n  event RunI"),
        ("nR, nI) in\n  event RunR", "nR, nI, xI) in\n  event RunR"),
    ]),
    # Roles are not given: people on either side may end in any role, and compare without knowing which.
    "sas_crossing": ("sas", [
        ("free oobI, oobR: channel [private].", "free oobA, oobB: channel [private]."),
        ("let Initiator() =", "let Initiator(mine:channel, theirs:channel) ="),
        ("let Responder() =", "let Responder(mine:channel, theirs:channel) ="),
        ("out(oobI, v); in(oobR, w:bitstring);", "(out(mine, v) | (in(theirs, w:bitstring);"),
        ("in(oobI, w:bitstring); out(oobR, v);", "(out(mine, v) | (in(theirs, w:bitstring);"),
        ("out(c, aenc(lab(k,DI), tag, dI)).", "out(c, aenc(lab(k,DI), tag, dI))))."),
        ("out(c, aenc(lab(k,DR), tag, dR)).", "out(c, aenc(lab(k,DR), tag, dR))))."),
        ("(! Initiator()) | (! Responder())",
         "(! Initiator(oobA, oobB)) | (! Responder(oobA, oobB)) | (! Initiator(oobB, oobA)) | (! Responder(oobB, oobA))"),
    ]),
    "code_agree": ("code", AGREEMENT + [("(Initiator()) | (Responder())", "(! Initiator()) | (! Responder())")]),
    "code_hashed": ("code", [
        ("fun isk(group, bitstring): key.\n", "fun isk(group, bitstring): key.\nfun hk(bitstring,bitstring): key.\n"),
        ("isk(exp(yB, ya), (", "hk(code,("), ("isk(exp(yA, yb), (", "hk(code,("),
    ]),
    "id_kci_i": ("id", [(R_BELIEVES_I, ""), (SECRET, "query attacker(dI).\n"), (REACHED, ""),
                        (KNOWN, KNOWN.rstrip() + " out(c, a);\n")]),
    "id_kci_r": ("id", [(I_BELIEVES_R, ""), (SECRET, "query attacker(dR).\n"), (REACHED, ""),
                        (KNOWN, KNOWN.rstrip() + " out(c, b);\n")]),
    "id_fs": ("id", [(R_BELIEVES_I, ""), (I_BELIEVES_R, ""), (REACHED, ""),
                     (PAIR, PAIR[:-3] + " | (phase 1; out(c,(a,b))) )")]),
    "id_multi": ("id", [(PAIR, PAIR[:-3] + " | (!Initiator(a, exp(g,m), junk)) | (!Responder(b, exp(g,m), junk)) )")]),
}


def variant(base, changes):
    text = (HERE / f"{base}.pv").read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {base}.pv"
        text = text.replace(old, new)
    return text


def main():
    folder = Path(sys.argv[1]) if sys.argv[1:] else HERE
    folder.mkdir(parents=True, exist_ok=True)
    for name, (base, changes) in VARIANTS.items():
        (folder / f"{name}.pv").write_text(variant(base, changes), encoding="utf-8")


if __name__ == "__main__":
    main()
