import http.client
import json
import random
import time


def publish(room, event, data, key):
    """Publishes once, whatever the connection does. `key` names what happened."""
    fields = {"Content-Type": "application/json", "Idempotency-Key": key}
    for attempt in range(6):
        wait = random.uniform(0, 0.5 * 2**attempt)
        connection = http.client.HTTPConnection("127.0.0.1", 8080, timeout=10)
        try:
            connection.request("POST", f"/v1/rooms/{room}/events?event={event}", json.dumps(data), fields)
            answer = connection.getresponse()
            body = json.loads(answer.read())
        except (OSError, http.client.HTTPException):
            time.sleep(wait)  # Whether the hub has the event is not known: the key makes it safe to ask again.
            continue
        finally:
            connection.close()
        if answer.status in (201, 202):
            return body
        if not body["temporary"]:
            raise ValueError(f"{body['code']}: {body['detail']}")
        time.sleep(wait + float(answer.headers.get("Retry-After", 0)))
    raise TimeoutError("the hub could not be reached")


print(publish("orders", "order_paid", {"order": 1042}, key="1042-paid"))
