/**
 * Runs `task` now and then every so many milliseconds after it has ended, while the page can be seen: a hidden tab asks
 * nothing. The task gets a signal that ends what it asks.
 */
export class Polling {
  #task;
  #pause;
  #timer;
  #ending;
  #isStopped = false;

  constructor(pause, task) {
    this.#pause = pause;
    this.#task = task;
    document.addEventListener("visibilitychange", this.#look);
    this.now();
  }

  /** Runs it at once, in place of one that is under way. */
  async now() {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    this.#ending?.abort();
    const ending = new AbortController();
    this.#ending = ending;
    try {
      await this.#task(ending.signal);
    } catch (failure) {
      if (!ending.signal.aborted) throw failure;
    } finally {
      if (this.#ending === ending) {
        this.#ending = undefined;
        if (!document.hidden) this.#timer = setTimeout(() => this.now(), this.#pause);
      }
    }
  }

  stop() {
    this.#isStopped = true;
    document.removeEventListener("visibilitychange", this.#look);
    clearTimeout(this.#timer);
    this.#ending?.abort();
    this.#ending = undefined;
  }

  #look = () => {
    if (document.hidden) clearTimeout(this.#timer);
    else if (!this.#ending) this.now();
  };
}
