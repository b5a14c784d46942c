#!/bin/sh
# Makes a certificate authority for one test run and two certificates of it: for loopback and for another host.
# Usage: make-certificates.sh FOLDER
set -eu
cd "$1"
key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
openssl req -x509 $key -keyout ca.key -out ca.pem -subj "/CN=fringewatch test CA"
issue() {
    openssl req -x509 $key -keyout "$1.key" -out "$1.pem" -subj "/CN=$1" -CA ca.pem -CAkey ca.key \
        -addext "subjectAltName=$2" -addext "basicConstraints=critical,CA:FALSE"
}
issue loopback "DNS:localhost,IP:127.0.0.1"
issue other "DNS:other.example.org"
