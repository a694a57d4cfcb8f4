#!/usr/bin/env python3
"""A partner's system against Watchhouse, with nothing but Python's standard library (3.8 or newer).

    partner.py --hub https://hub.example --token-file token --site REF ask "Water under the door" [--test]
    partner.py … follow CO-26-00001
    partner.py … cancel CO-26-00001 "It was the cleaner"      # asks for the safe code; never an argument
    partner.py … rate CO-26-00001 5 "Quick"
    partner.py … play TEST-3F9A2C81D0 arrived                 # tests only
    partner.py listen --port 9000 --secret-file secret        # prints each webhook whose signature is right

Every answer is one line of JSON on standard output. A refusal goes to standard error and ends with code 1.
"""

import argparse
import hashlib
import hmac
import json
import sys
import time
import urllib.error
import urllib.request
from getpass import getpass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# A message that is signed longer ago was kept by somebody and sent again.
SIGNATURE_AGE_MAX_S = 300
BODY_BYTES_MAX = 64 * 1024


def call(args, method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(args.hub.rstrip("/") + path, data=data, method=method)
    request.add_header("Authorization", "Bearer " + open(args.token_file).read().strip())
    if data is not None:
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            print(json.dumps(json.load(answer)), flush=True)
            return 0
    except urllib.error.HTTPError as error:
        problem = json.load(error)
        # Programs look at the code; the rest is for people.
        print(f"{error.code} {problem['code']}: {problem['title']} {problem.get('detail') or ''}", file=sys.stderr)
        return 1


def is_signed(header, body, secret, now):
    """Whether `Watchhouse-Signature` fits the body, byte for byte as it came."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    signed_at, given = parts.get("t", ""), parts.get("v1", "")
    if not signed_at.isdigit() or abs(now - int(signed_at)) > SIGNATURE_AGE_MAX_S:
        return False
    expected = hmac.new(secret.encode(), signed_at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, given)


def listen(args):
    secret = open(args.secret_file).read().strip()
    seen = set()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(min(length, BODY_BYTES_MAX))
            if not is_signed(self.headers.get("Watchhouse-Signature", ""), body, secret, time.time()):
                self.answer(401)
                return
            # The same message may come twice, when our answer was lost: its id says so.
            delivery = self.headers.get("Watchhouse-Delivery", "")
            first = delivery not in seen
            seen.add(delivery)
            # Answer first, work afterwards: the hub waits ten seconds.
            self.answer(200)
            if first:
                print(json.dumps(json.loads(body)), flush=True)

        def answer(self, status):
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", args.port), Hook)
    print(json.dumps({"listening": server.server_port}), flush=True)
    server.serve_forever()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hub", default="http://127.0.0.1:8480")
    parser.add_argument("--token-file")
    parser.add_argument("--site")
    commands = parser.add_subparsers(dest="command", required=True)
    ask = commands.add_parser("ask")
    ask.add_argument("reason")
    ask.add_argument("--test", action="store_true")
    for name, more in {"follow": [], "cancel": ["reason"], "rate": ["score", "comment"], "play": ["to"]}.items():
        command = commands.add_parser(name)
        command.add_argument("callout")
        for argument in more:
            command.add_argument(argument)
    hook = commands.add_parser("listen")
    hook.add_argument("--port", type=int, default=9000)
    hook.add_argument("--secret-file", required=True)
    args = parser.parse_args()

    if args.command == "listen":
        return listen(args)
    if args.command == "ask":
        body = {"site": args.site, "reason": args.reason, "test": args.test}
        return call(args, "POST", "/v1/partner/callouts", body)
    path = "/v1/partner/callouts/" + args.callout
    if args.command == "follow":
        return call(args, "GET", path)
    if args.command == "cancel":
        code = getpass("Safe code: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
        return call(args, "POST", path + "/cancel", {"safe_code": code, "reason": args.reason})
    if args.command == "rate":
        return call(args, "POST", path + "/rating", {"score": int(args.score), "comment": args.comment})
    return call(args, "POST", path + "/play", {"to": args.to})


if __name__ == "__main__":
    sys.exit(main())
