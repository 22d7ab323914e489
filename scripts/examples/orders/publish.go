//go:build ignore

// Tells what became of an order: one POST for each event, with Go's standard library.
//
//	go run publish.go ORDER [HUB]
//
// With KEY_FILE set, the API key in that file is shown.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

const tries = 6

// A Problem is what the hub says when it will not have an event (RFC 9457).
type Problem struct {
	Status    int    `json:"status"`
	Code      string `json:"code"`
	Detail    string `json:"detail"`
	Temporary bool   `json:"temporary"`
}

func (problem *Problem) Error() string {
	return fmt.Sprintf("%d %s: %s", problem.Status, problem.Code, problem.Detail)
}

// A Publisher publishes over connections that net/http keeps from event to event.
type Publisher struct {
	Hub, Key string
	Client   http.Client
}

// Publish publishes once, whatever the connection does. The key names what happened, and is the same in every attempt.
func (publisher *Publisher) Publish(room, event string, data any, key string) (answer []byte, err error) {
	body, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	target := publisher.Hub + "/v1/rooms/" + url.PathEscape(room) + "/events?event=" + url.QueryEscape(event)
	for attempt := 0; attempt < tries; attempt++ {
		var after time.Duration
		answer, after, err = publisher.post(target, body, key)
		if err == nil {
			return answer, nil
		}
		// Without an answer it is not known whether the hub has the event. With the same key it does not matter.
		if problem, isProblem := err.(*Problem); isProblem && !problem.Temporary {
			return nil, err
		}
		if attempt+1 < tries {
			// What the hub asks for is waited, and a little more, so that not everybody comes back at once.
			most := 500 * time.Millisecond << attempt
			time.Sleep(after + time.Duration(rand.Int63n(int64(most))))
		}
	}
	return nil, err
}

func (publisher *Publisher) post(target string, body []byte, key string) ([]byte, time.Duration, error) {
	request, err := http.NewRequest("POST", target, bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", key)
	if publisher.Key != "" {
		request.Header.Set("Authorization", "Bearer "+publisher.Key)
	}
	response, err := publisher.Client.Do(request)
	if err != nil {
		return nil, 0, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, 0, err
	}
	// 202: the engine is away, and the hub has promised less (redis.fallback). It is no reason to send again.
	if response.StatusCode == http.StatusCreated || response.StatusCode == http.StatusAccepted {
		return answer, 0, nil
	}
	problem := &Problem{Status: response.StatusCode}
	if json.Unmarshal(answer, problem) != nil {
		// A proxy's own page, for instance while there is no hub behind it.
		problem.Temporary = response.StatusCode >= 502 && response.StatusCode <= 504
	}
	seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
	return nil, time.Duration(seconds) * time.Second, problem
}

func main() {
	rand.Seed(time.Now().UnixNano())
	if len(os.Args) < 2 {
		fail("usage: publish.go ORDER [HUB]")
	}
	order, err := strconv.Atoi(os.Args[1])
	if err != nil {
		fail("an order is a number")
	}
	publisher := Publisher{Hub: "http://127.0.0.1:8080", Client: http.Client{Timeout: 10 * time.Second}}
	if len(os.Args) > 2 {
		publisher.Hub = os.Args[2]
	}
	if file := os.Getenv("KEY_FILE"); file != "" {
		key, err := os.ReadFile(file)
		if err != nil {
			fail(err)
		}
		publisher.Key = strings.TrimSpace(string(key))
	}
	for _, event := range []string{"order_created", "order_paid", "order_shipped"} {
		data := map[string]any{"order": order}
		if event == "order_created" {
			data["total"] = 42.5
		}
		answer, err := publisher.Publish("orders", event, data, fmt.Sprintf("%d-%s", order, event))
		if err != nil {
			fail(err)
		}
		fmt.Println(string(answer))
	}
}

func fail(reason any) {
	fmt.Fprintln(os.Stderr, "publish.go:", reason)
	os.Exit(1)
}
