// HubWire: bytes to values and back. No input or output, no clock, no tasks.
//
// - `HTTP/`: requests and answers of HTTP/1.1, for the server's side and the client's.
// - `WebSocket/`: frames, messages and the handshake, for both sides.
// - `RESP/`: commands for Redis, and what it answers.
// - `JSON/`: a scanner that checks without building a tree, slices for reading, a writer.
// - `Messages/`: what clients and hub say to each other, the names and positions in it, server-sent events, errors.
// - `Addresses/`: IP addresses and networks.
// - `Proxy/`: the header by which a proxy names the client of a connection.
// - `Bytes/`: base64, digests, UTF-8.
