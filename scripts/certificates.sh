# The development CA and the leaf certificate that scripts/run and scripts/bench serve with. Source it after lib.sh.
# shellcheck shell=bash

is_valid() { openssl x509 -in "$1" -noout -checkend 0 >/dev/null 2>&1; }

has_begun() { [[ $(date -d "$(openssl x509 -in "$1" -noout -startdate | cut -d = -f 2)" +%s) -le $(date +%s) ]]; }

make_authority() {
    openssl ecparam -name prime256v1 -genkey -noout -out "$1/ca.key"
    openssl req -x509 -new -key "$1/ca.key" -sha256 -days 3650 -subj "/CN=TlsProxy development CA" \
        -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" -out "$1/ca.pem"
}

# make_leaf FOLDER [DAYS]: a certificate for localhost, of the CA in the folder.
make_leaf() {
    local request
    request="$(mktemp -d)"
    [[ -e $1/server.key ]] || openssl ecparam -name prime256v1 -genkey -noout -out "$1/server.key"
    openssl req -new -key "$1/server.key" -subj "/CN=localhost" -out "$request/server.csr"
    cat >"$request/extensions" <<'END'
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost,IP:127.0.0.1,IP:::1
END
    openssl x509 -req -in "$request/server.csr" -CA "$1/ca.pem" -CAkey "$1/ca.key" -set_serial "0x$(openssl rand -hex 15)" \
        -sha256 -days "${2:-365}" -extfile "$request/extensions" -out "$1/server.pem" 2>/dev/null
    rm -rf "$request"
}

# certificates FOLDER: keeps what is there, renews what has expired, makes what is missing. Keys have mode 0600.
certificates() (
    umask 077
    mkdir -p "$1"
    if [[ -e $1/server.pem && -e $1/server.key && ! -e $1/ca.key ]]; then
        # A certificate of the user's own: it is used as it is.
        is_valid "$1/server.pem" || fail "$1/server.pem has expired, and there is no $1/ca.key to renew it with"
        exit 0
    fi
    if [[ ! -e $1/ca.key || ! -e $1/ca.pem ]]; then
        say "Making a development CA in ${1#"$PWD"/} …"
        rm -f "$1/ca.key" "$1/ca.pem" "$1/server.pem"
        make_authority "$1"
    elif ! is_valid "$1/ca.pem"; then
        say "The development CA $1/ca.pem has expired: it is renewed, and whoever trusted it must trust the new one."
        rm -f "$1/ca.key" "$1/ca.pem" "$1/server.pem"
        make_authority "$1"
    fi
    if [[ ! -e $1/server.pem || ! -e $1/server.key ]]; then
        rm -f "$1/server.pem"
        make_leaf "$1"
    elif ! is_valid "$1/server.pem"; then
        say "The certificate $1/server.pem has expired: it is renewed."
        make_leaf "$1"
    fi
    chmod 600 "$1"/*.key
    chmod 644 "$1"/*.pem
)
