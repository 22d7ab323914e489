//go:build ignore

// Prints every event of the room orders, with Go's standard library: server-sent events, resumed after every loss.
//
//	go run subscribe.go [HUB]
//
// With KEY_FILE set, the API key in that file is shown.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// The hub is never silent for longer than 25 s: a connection that is has died without a word.
const silence = 40 * time.Second

// An Event is one of a room, or one that the hub tells about it: those begin with "roomcast:".
type Event struct {
	Name, ID string
	Data     json.RawMessage
}

// A Subscriber has the events of a room. Position is where it goes on: that of the last event which was handled.
type Subscriber struct {
	URL, Key, Position string
	tries              int
}

// Run calls handle with each event, and returns when the hub refuses for good.
func (subscriber *Subscriber) Run(handle func(Event)) error {
	for {
		least, isFinal, err := subscriber.connect(handle)
		if isFinal {
			return err
		}
		fmt.Fprintln(os.Stderr, "subscribe.go:", err)
		// Everybody lost the hub at the same time. They need not all come back at the same time.
		most := 500 * time.Millisecond << subscriber.tries
		if subscriber.tries < 6 {
			subscriber.tries++
		}
		time.Sleep(least + time.Duration(rand.Int63n(int64(most))))
	}
}

// connect handles the events of one connection. It returns the least time to stay away.
func (subscriber *Subscriber) connect(handle func(Event)) (least time.Duration, isFinal bool, err error) {
	alive, cancel := context.WithCancel(context.Background())
	defer cancel()
	watch := time.AfterFunc(silence, cancel)
	defer watch.Stop()
	request, err := http.NewRequestWithContext(alive, "GET", subscriber.URL, nil)
	if err != nil {
		return 0, true, err
	}
	request.Header.Set("Accept", "text/event-stream")
	if subscriber.Key != "" {
		request.Header.Set("Authorization", "Bearer "+subscriber.Key)
	}
	if subscriber.Position != "" {
		request.Header.Set("Last-Event-ID", subscriber.Position)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, false, err
	}
	defer response.Body.Close()
	if status := response.StatusCode; status != http.StatusOK {
		problem, _ := io.ReadAll(io.LimitReader(response.Body, 1<<16))
		seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
		isFinal := status != http.StatusRequestTimeout && status != http.StatusTooManyRequests && status < 500
		return time.Duration(seconds) * time.Second, isFinal, fmt.Errorf("the hub refused: %d %s", status, problem)
	}
	lines := bufio.NewScanner(response.Body)
	// An event may be as long as the hub takes bodies, and its frame a little longer.
	lines.Buffer(nil, 4<<20)
	event := Event{Name: "message"}
	for lines.Scan() {
		watch.Reset(silence)
		if strings.HasPrefix(lines.Text(), ":") {
			continue // A comment, sent to show that the connection lives.
		}
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "event":
			event.Name = value
		case "id":
			event.ID = value
		case "data":
			event.Data = json.RawMessage(value)
		case "retry":
			milliseconds, _ := strconv.Atoi(value)
			least = time.Duration(milliseconds) * time.Millisecond
		case "":
			// An empty line ends an event. One that was cut off has none, and is dropped.
			if event.Data != nil {
				subscriber.tries = 0
				handle(event)
			}
			// Not before it was handled.
			if event.ID != "" {
				subscriber.Position = event.ID
			}
			event = Event{Name: "message"}
		}
	}
	if err := lines.Err(); err != nil {
		return least, false, err
	}
	return least, false, io.ErrUnexpectedEOF
}

func main() {
	rand.Seed(time.Now().UnixNano())
	hub := "http://127.0.0.1:8080"
	if len(os.Args) > 1 {
		hub = os.Args[1]
	}
	subscriber := Subscriber{URL: hub + "/v1/rooms/orders/events"}
	if file := os.Getenv("KEY_FILE"); file != "" {
		key, err := os.ReadFile(file)
		if err != nil {
			fail(err)
		}
		subscriber.Key = strings.TrimSpace(string(key))
	}
	err := subscriber.Run(func(event Event) {
		var told struct{ Recovered *bool }
		_ = json.Unmarshal(event.Data, &told)
		switch {
		case event.Name == "roomcast:gap",
			event.Name == "roomcast:subscribed" && told.Recovered != nil && !*told.Recovered:
			// History did not reach back to the position: what happened meanwhile has to be loaded from elsewhere.
			fmt.Println("reload")
		case !strings.HasPrefix(event.Name, "roomcast:"):
			fmt.Println(event.Name, string(event.Data))
		}
	})
	fail(err)
}

func fail(reason any) {
	fmt.Fprintln(os.Stderr, "subscribe.go:", reason)
	os.Exit(1)
}
