# SPDX-License-Identifier: ISC
"""corpus.py DIR: some hundreds of messages in DIR/SOURCE/NAME.

Those that Debian packages ship for the tests of other programs, as they are,
and what real composers make of texts and files of every awkward kind.  Prints
"SOURCE NUMBER" for each; ends with 1 where a source gave fewer than it is to
give, so that no source is missed in silence.
"""
import glob
import os
import random
import re
import subprocess
import sys
from email import encoders, policy
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

SHIPPED = {
    "bounces": ("/usr/lib/python3/dist-packages/flufl/bounce/tests/data/*.txt",
                110),
    "enmime": ("/usr/share/gocode/src/github.com/jhillyerd/enmime/testdata/"
               "*/*.[rg][ao][wl]*", 90),
    "explode": ("/usr/share/doc/libmime-explode-perl/examples/testmsgs/*", 28),
    "python": ("/usr/lib/python3*/test/test_email/data/msg_*.txt", 45),
}

ALL = bytes(range(256))
TEXTS = {
    "ascii": b"Hello,\n\nFrom here on.\n.\n-- \nAlice\n",
    "utf8": "Grüße aus Köln, 你好\nline two\n".encode(),
    "spaces": b"a line with spaces \t\n=20 and =E9\n\n\n",
    "long": b"word " * 500 + b"\n",
    "open": b"no line end",
    "dashes": b"--\n--b\n--=_0\n---\n",
}
FILES = {
    "every byte.bin": ALL * 40,
    "empty.txt": b"",
    "picture.png": b"\x89PNG\r\n\x1a\n" + ALL,
    "crlf.txt": b"one\r\ntwo\r\n",
    "cr.txt": b"one\rtwo\r\r\n",
    "nul.dat": bytes(1000),
    "open.txt": b"no line end",
    "Grüße 你好.txt": "Grüße\n".encode(),
    "latin1.txt": "caf\u00e9 \u00fc\n".encode("latin-1"),
    "it's 100% \"quoted\"; x=y.csv": b"a;b\n1;2\n",
    "long.html": b"<p>" + b"x" * 5000 + b"</p>\n",
    "a" * 120 + ".tar.gz": b"\x1f\x8b" + ALL[::-1] * 9,
}
LETTER = (b"From: carol@example.org\nTo: bob@example.org\nSubject: inner\n"
          b"Date: Mon, 23 Nov 2026 10:00:00 +0000\n\ninner text\n")


def save(directory, name, data):
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, name), "wb") as file:
        file.write(data)


def shipped(pattern):
    for path in sorted(glob.glob(pattern)):
        with open(path, "rb") as file:
            folder = os.path.basename(os.path.dirname(path))
            yield f"{folder}-{os.path.basename(path)}", file.read()


def run(*command, data=b"", **environment):
    return subprocess.run(
        command, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        check=True, env={**os.environ, "LC_ALL": "C.UTF-8", **environment}
    ).stdout


# Each composer is given a text and the paths of files, and gives a message.

def sent(*command, data):
    """What a composer hands to the program that it takes for sendmail."""
    run(*command, data=data, CORPUS_MAIL=os.path.abspath("sent"))
    with open("sent", "rb") as file:
        return file.read()


def mutt(text, files):
    attach = ["-a", *files] if files else []
    return sent("mutt", "-n", "-F", "muttrc", "-s", "Grüße", *attach, "--",
                "bob@example.org", data=text)


def snail(text, files):
    attach = [x for name in files for x in ("-a", name)]
    return sent("s-nail", "-n", "-S", "sendwait", "-S",
                "mta=" + os.path.abspath("sendmail"), "-S",
                "from=alice@example.org", "-S", "hostname=example.org", "-S",
                "ttycharset=utf-8", "-s", "Grüße", *attach,
                "bob@example.org", data=text)


def swaks(text, files):
    save(".", "body", text)
    attach = [x for name in files for x in ("--attach", name)]
    return run("swaks", "--dump-mail", "--server", "localhost", "--from",
               "alice@example.org", "--to", "bob@example.org", "--body",
               "body", *attach)


def mmime(text, files):
    lines = "".join(f"#application/octet-stream {name}\n" for name in files)
    return run("mmime", data=b"Subject: x\nFrom: alice@example.org\n\n" +
               text.replace(b"\n#", b"\n #") + b"\n" + lines.encode())


def mpack(text, files):
    save(".", "text", text)
    if os.path.exists("packed"):
        os.unlink("packed")
    run("mpack", "-s", "subject", "-d", "text", "-o", "packed", files[0])
    with open("packed", "rb") as file:
        return file.read()


def makemime(text, files):
    save(".", "text", text)
    parts = ["(", "-c", "text/plain", "text", ")"]
    for name in files:
        parts += ["(", "-c", "application/octet-stream", "-N", name, "-a",
                  "Content-Disposition: attachment", name, ")"]
    return run("makemime", "-m", "multipart/mixed", "-a",
               "From: alice@example.org", "-a", "Mime-Version: 1.0", *parts)


def mhbuild(text, files):
    text = re.sub(rb"(?m)^#", b"##", text)
    lines = "".join("#application/octet-stream {attachment} "
                    f"{os.path.abspath(name)}\n" for name in files)
    save(".", "draft", b"From: alice@example.org\nTo: bob@example.org\n"
         b"--------\n" + text + b"\n" + lines.encode())
    run("/usr/bin/mh/mhbuild", "-directives", "draft")
    with open("draft", "rb") as file:
        return file.read()


def lite(text, files):
    return run("perl", "-MMIME::Lite", "-e", r"""
        local $/; my $m = MIME::Lite->new(From => 'alice@example.org',
            To => 'bob@example.org', Subject => 'x', Type => @ARGV ?
            'multipart/mixed' : 'TEXT', @ARGV ? () : (Data => <STDIN>));
        $m->attach(Type => 'TEXT', Data => scalar <STDIN>) if @ARGV;
        $m->attach(Type => 'AUTO', Path => $_, Filename => $_,
            Disposition => 'attachment') for @ARGV;
        $m->print;""", *files, data=text)


def python(text, files):
    message = EmailMessage(policy.default)
    message["From"] = "alice@example.org"
    message["Subject"] = "Grüße"
    message.set_content(text.decode())
    for name in files:
        with open(name, "rb") as file:
            message.add_attachment(file.read(), maintype="application",
                                   subtype="octet-stream", filename=name)
    return message.as_bytes()


COMPOSERS = {"mutt": mutt, "s-nail": snail, "swaks": swaks, "mmime": mmime,
             "makemime": makemime, "mhbuild": mhbuild, "mime-lite": lite,
             "python-made": python, "mpack": mpack}
# Names that a composer cannot be given in an argument.
UNFIT = {"s-nail": "=|latin1", "mmime": '[ "]', "mhbuild": "[ \"']"}


def composed(tool):
    """Every text alone, every file alone, and all together."""
    random.seed(tool)  # Python takes its boundaries from it
    compose = COMPOSERS[tool]
    names = [n for n in FILES if not re.search(UNFIT.get(tool, "$^"), n)]
    if tool != "mpack":
        for kind, text in TEXTS.items():
            yield f"text-{kind}", compose(text, [])
        yield "all", compose(TEXTS["utf8"], names)
    for n, name in enumerate(names):
        yield f"file-{n}", compose(TEXTS["ascii"], [name])


def git():
    """Patches, inline and attached."""
    def git_run(*arguments):
        return run("git", "-c", "user.name=Alice Ü", "-c",
                   "user.email=alice@example.org", *arguments,
                   HOME=os.getcwd(), GIT_CONFIG_NOSYSTEM="1")
    git_run("init", "-q", "repository")
    for n, (kind, text) in enumerate(TEXTS.items()):
        save("repository", kind, text)
        git_run("-C", "repository", "add", ".")
        git_run("-C", "repository", "commit", "-q", "-m", f"Grüße {kind}\n\nx")
        for form in ("stdout", "attach", "inline"):
            form_options = ["--" + form] if form != "stdout" else []
            yield f"{n}-{form}", git_run(
                "-C", "repository", "format-patch", "--stdout",
                *form_options, "-1")


def leaf(dice):
    if dice.random() < 0.5:
        charset = dice.choice(("us-ascii", "utf-8", "iso-8859-1", "koi8-r"))
        text = {"us-ascii": "plain", "koi8-r": "Привет"}.get(charset, "Grüße")
        part = MIMEText(text + dice.choice(("", "\n", "\n\n")), dice.choice(
            ("plain", "html", "x-odd")), charset)
    else:
        part = MIMEBase("application", "octet-stream")
        part.set_payload(dice.choice(list(FILES.values())))
        encoders.encode_base64(part)
    if dice.random() < 0.5:
        part.add_header("Content-Disposition",
                        dice.choice(("attachment", "inline")), filename=(
                            "utf-8", "", dice.choice(list(FILES))))
    return part


def tree(dice, depth):
    """A part of any shape: what no composer makes and some sender does."""
    if depth == 0 or dice.random() < 0.1:
        return leaf(dice)
    if dice.random() < 0.2:
        message = tree(dice, depth - 1)
        message["From"] = "carol@example.org"
        return MIMEMessage(message)
    kind = dice.choice(("mixed", "alternative", "related", "digest", "x-odd"))
    part = MIMEMultipart(kind)
    if dice.random() < 0.2:
        part.preamble, part.epilogue = "preamble", "epilogue\n"
    for _ in range(dice.randint(1, 4)):
        child = tree(dice, depth - 1)
        part.attach(MIMEMessage(child) if kind == "digest" else child)
    return part


def trees():
    random.seed(0)  # for the boundaries
    for seed in range(100):
        message = tree(random.Random(seed), 1 + seed % 5)
        message["From"] = "alice@example.org"
        ends = "\r\n" if seed % 3 == 0 else "\n"
        yield f"{seed:02}", message.as_bytes(
            policy=policy.compat32.clone(linesep=ends))


def keep(out, source, least, messages):
    n = 0
    for n, (name, data) in enumerate(messages, 1):
        save(os.path.join(out, source), name, data)
    print(source, n)
    return n >= least


def main():
    out = os.path.abspath(sys.argv[1])
    work = os.path.join(out, ".work")
    os.makedirs(work)
    os.chdir(work)
    os.environ.update(HOME=work, TZ="UTC", MHCONTEXT=work + "/context")
    save(".", ".mh_profile", b"Path: Mail\n")
    os.makedirs("Mail")
    save(".", "sendmail", b'#!/bin/sh\nexec cat >"$CORPUS_MAIL"\n')
    os.chmod("sendmail", 0o755)
    save(".", "muttrc", f"set sendmail='{work}/sendmail'\n".encode() +
         b"set sendmail_wait=0\nset copy=no\nset from=alice@example.org\n"
         b"set hostname=example.org\nset charset=utf-8\n")
    for name, data in FILES.items():
        save(".", name, data)
    good = [keep(out, source, least, shipped(pattern))
            for source, (pattern, least) in SHIPPED.items()]
    good += [keep(out, tool, 9, composed(tool)) for tool in COMPOSERS]
    good += [keep(out, "git", 18, git()), keep(out, "trees", 100, trees())]
    return not all(good)


sys.exit(main())
