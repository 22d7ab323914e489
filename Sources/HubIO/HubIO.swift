// HubIO: reactors that are executors, and everything that touches a descriptor.
//
// - `Reactor`: one thread, run queue, timers; `ReactorSerialExecutor` runs its actors.
// - `Kernel`: the seam to the operating system; `LinuxKernel` is the real one.
// - `Channel` with its `Outbox`: a stream socket. `Listener` accepts, `Dialer` connects within a time limit.
// - `Outgoing`: a `Wire` is a connection that was dialled, an `HTTPLine` reads answers from it.
// - `TLSClientContext`: whom this side believes when it dials.
// - `TLSContext`: certificates, exchanged as a whole; a `TLSSession` encrypts one channel.
// - `TimerWheel`, `Histogram`, `Moment`: pure values below them.
// - `Signals`, `BlockingThread`, `Lock`: the rest of what a daemon asks of its system.
