#!/usr/bin/env bash
# Puts an intent into a mesh from a shell: bash, and NATS as it is written on the wire (docs.nats.io, "Client Protocol").
# usage: send.sh <host> <port> <mesh> <agent> <intent type> <context as JSON>
set -eu
host=$1 port=$2 mesh=$3 agent=$4 type=$5 context=$6
kind=${agent%%/*}
key=${agent#"$kind"}
key=${key#/}
body="{\"intent_type\":\"$type\",\"context\":$context}"
# a gateway answers below its inbox prefix only
inbox="${NATS_INBOX_PREFIX:-_INBOX}.$$.$RANDOM$RANDOM"
bytes=$(printf '%s' "$body" | wc -c)

exec 3<>"/dev/tcp/$host/$port"
printf 'CONNECT {"verbose":false,"pedantic":false}\r\nSUB %s 1\r\n' "$inbox" >&3
printf 'PUB %s.in.client.shell.%s.%s %s %d\r\n%s\r\n' "$mesh" "$kind" "${key:-=}" "$inbox" "$bytes" "$body" >&3
while IFS= read -r -t 5 line <&3; do
  case $line in
    '{'*) printf '%s\n' "${line%$'\r'}"; exit 0 ;;
    PING*) printf 'PONG\r\n' >&3 ;;
  esac
done
echo "no answer: does a node with a gateway serve mesh \"$mesh\"?" >&2
exit 1
