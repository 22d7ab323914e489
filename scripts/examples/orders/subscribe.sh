#!/usr/bin/env bash
# Prints every event of the room `orders`, with nothing but curl: server-sent events, resumed after every loss.
#
#   subscribe.sh [HUB]
#
# With KEY_FILE set, the API key in that file is shown.
set -euo pipefail

hub=${1:-http://127.0.0.1:8080}
# The id of the last event that was handled: where the next connection goes on.
position=''

credential() {
  [[ -z ${KEY_FILE:-} ]] || printf 'header = "Authorization: Bearer %s"\n' "$(<"$KEY_FILE")"
}

# The hub is never silent for longer than 25 s: a connection that is has died without a word.
stream() {
  exec curl -sSN --config <(credential) --connect-timeout 10 --speed-limit 1 --speed-time 40 \
    -H 'Accept: text/event-stream' ${position:+-H "Last-Event-ID: $position"} \
    -w '\nstatus: %{http_code} %header{retry-after}\n' "$hub/v1/rooms/orders/events"
}

# One event: its name, its id (or none), its data.
handle() {
  local name=$1 id=$2 data=$3
  case $name in
    roomcast:subscribed)
      # History did not reach back to the position: what happened meanwhile has to be loaded from elsewhere.
      [[ $data != *'"recovered":false'* ]] || echo "reload"
      ;;
    roomcast:gap) echo "reload" ;;
    roomcast:*) ;;
    *) printf '%s %s\n' "$name" "$data" ;;
  esac
  # Not before it was handled.
  [[ -z $id ]] || position=$id
}

# The stream ends with this script.
trap '[[ -z ${!:-} ]] || kill "$!" 2>/dev/null' EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

tries=0
while true; do
  name=message id='' data='' status='' least=0
  while IFS= read -r line; do
    case $line in
      'event: '*) name=${line#event: } ;;
      'id: '*) id=${line#id: } ;;
      'data: '*) data=${line#data: } ;;
      'retry: '*) least=${line#retry: } ;;
      'status: '*) read -r _ status again <<<"$line" ;;
      # An empty line ends an event. One that was cut off has none, and is dropped.
      '')
        [[ -z $data ]] || { tries=0 && handle "$name" "$id" "$data"; }
        name=message id='' data=''
        ;;
    esac
  done < <(stream)
  # No answer, the end of a stream, too much, or no engine: come back. Anything else stays as it is.
  if [[ ! $status =~ ^(000|200|408|429|5..)$ ]]; then
    echo "subscribe.sh: the hub refused with status $status" >&2
    exit 1
  fi
  # In milliseconds. Everybody lost the hub at the same time. They need not all come back at the same time.
  [[ ! ${again:-} =~ ^[0-9]{1,5}$ ]] || least=$((again * 1000))
  bound=$((500 << (tries < 6 ? tries : 6)))
  wait=$((least + RANDOM % (bound < 30000 ? bound : 30000)))
  sleep "$(printf '%d.%03d' $((wait / 1000)) $((wait % 1000)))"
  tries=$((tries + 1))
done
