#!/usr/bin/env bash
# Installs what the tests need and the workspace does not bring: Java, node, Chromium, strace, curl and the tools for
# file systems of their own as packages of the system (needs root; otherwise it says what to install),
# pyxform with ODK Validate's JavaRosa in a virtual environment under target/peers, packages of npm under
# target/peers/web. Does nothing that is done already.
set -euo pipefail
cd "$(dirname "$0")/.."

pyxform=4.5.0
web="typescript@5.9.3 @types/node@20.19.24 playwright-core@1.65.1 axe-core@4.14.1"
target=$(cargo metadata --no-deps --format-version 1 | python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')
peers=$target/peers

missing=()
command -v make >/dev/null || missing+=(make)
command -v javac >/dev/null && command -v java >/dev/null || missing+=(default-jdk-headless)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
command -v chromium >/dev/null || missing+=(chromium)
command -v strace >/dev/null || missing+=(strace)
command -v mkfs.ext4 >/dev/null || [ -x /sbin/mkfs.ext4 ] || missing+=(e2fsprogs)
command -v prlimit >/dev/null && { command -v losetup >/dev/null || [ -x /sbin/losetup ]; } || missing+=(util-linux)
command -v mount >/dev/null || missing+=(mount)
command -v curl >/dev/null || missing+=(curl)
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "error: the tests need ${missing[*]}" >&2
        echo "hint: as root on Debian or Ubuntu: apt-get install ${missing[*]}" >&2
        exit 2
    fi
    echo "installing ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

if [ "$(cat "$peers/version" 2>/dev/null)" != "$pyxform" ]; then
    echo "installing pyxform $pyxform into $peers"
    rm -rf "$peers"
    python3 -m venv "$peers/venv"
    "$peers/venv/bin/pip" install --quiet --disable-pip-version-check "pyxform==$pyxform"
    jar=$("$peers/venv/bin/python" -c 'import pyxform, pathlib; print(pathlib.Path(pyxform.__file__).parent / "validators/odk_validate/bin/ODK_Validate.jar")')
    cp "$jar" "$peers/ODK_Validate.jar"
    echo "$pyxform" >"$peers/version"
fi

if [ "$(cat "$peers/web/version" 2>/dev/null)" != "$web" ]; then
    echo "installing $web into $peers/web"
    rm -rf "$peers/web"
    mkdir -p "$peers/web"
    # shellcheck disable=SC2086 # one word a package
    npm install --silent --no-audit --no-fund --no-package-lock --ignore-scripts --prefix "$peers/web" $web
    echo "$web" >"$peers/web/version"
fi
