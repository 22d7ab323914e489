#!/usr/bin/env bash
# Tells what became of an order: one POST for each event, with nothing but curl.
#
#   publish.sh ORDER [HUB]
#
# With KEY_FILE set, the API key in that file is shown.
set -euo pipefail

order=${1:?"usage: publish.sh ORDER [HUB]"}
hub=${2:-http://127.0.0.1:8080}

# Options of curl that hold a secret come through a pipe: arguments can be seen by every user of the machine.
credential() {
  [[ -z ${KEY_FILE:-} ]] || printf 'header = "Authorization: Bearer %s"\n' "$(<"$KEY_FILE")"
}

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

publish() {
  local event=$1 data=$2 status
  # The key names what happened, not the attempt. So curl may send it again whenever it does not know how the request
  # ended: a second one with the same key publishes nothing and gets the first answer. It waits as Retry-After says.
  status=$(curl -sS --config <(credential) --max-time 10 --retry 5 --retry-all-errors --retry-max-time 60 \
    -H 'Content-Type: application/json' -H "Idempotency-Key: $order-$event" -d "$data" \
    -o "$answer" -w '%{http_code}' "$hub/v1/rooms/orders/events?event=$event") || return
  # 202: the engine is away, and the hub has promised less (redis.fallback). It is no reason to send again.
  if [[ $status != 20[12] ]]; then
    # A problem document: `code` for programs, `detail` for people.
    echo "publish.sh: $event of order $order was refused ($status): $(<"$answer")" >&2
    return 1
  fi
  printf '%s\n' "$(<"$answer")"
}

publish order_created "{\"order\":$order,\"total\":42.50}"
publish order_paid "{\"order\":$order}"
publish order_shipped "{\"order\":$order}"
