// The one websocket of a live page. It comes back by itself after every loss, says hello first, sends the commands
// that were not answered again under the same id, and notices a connection that died without a word.
import { random } from "./boot.js";

/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {{do: string, [field: string]: unknown}} Message */
/** @typedef {{id: string, message: Message, keep: boolean, resolve: (a: Answer) => void, reject: (e: Error) => void}} Pending */

/** The server sends a beat every 15 s; after this long without any message the connection is dead. */
const deadAfter = 35_000;
/** How long a connection may take to come about, in ms. */
const openWithin = 10_000;
const firstWait = 2_000;
const longestWait = 15_000;
/** The same for somebody whose turn it is or soon will be: a talk does not wait a quarter of a minute. */
const firstWhenDue = 1_000;
const longestWhenDue = 5_000;

/** How long an answer that only makes sense now is waited for, in ms, before the connection is held for dead. */
const answerWithin = 3_000;
/** And the answer to a mere sign of life, when there is a reason for doubt. */
const signWithin = 1_200;

/** A refused command. The text for people is in the catalogue under error.CODE. */
export class Refused extends Error {
  /** @param {Answer} answer */
  constructor(answer) {
    super(answer.error ?? "refused");
    this.code = answer.error ?? "";
    this.answer = answer;
  }
}

export class Live {
  /** It is his turn, or nearly: come back sooner after a loss. */
  due = false;
  /** @type {WebSocket | undefined} */
  #socket;
  /** @type {Map<string, Pending>} in the order they were given */
  #pending = new Map();
  #greeted = false;
  /** Whether online was said since the connection came about. */
  #told = false;
  #wait = firstWait;
  #retry = 0;
  #watch = 0;
  #begun = 0;
  #heard = 0;
  #stopped = false;
  #listening = false;
  #path;
  #hello;
  #on;

  /**
   * @param {string} path of the socket on this server
   * @param {() => Record<string, unknown>} hello what hello carries, asked at each connection
   * @param {{view: (view: any, at: number) => void, online: (online: boolean) => void, bye: (why: string) => void}} on
   *   view: with performance.now() of its arrival; online: false when the connection was lost, true with the first
   *   view after it; bye: "elsewhere" or "refused", after which nothing is tried any more
   */
  constructor(path, hello, on) {
    this.#path = path;
    this.#hello = hello;
    this.#on = on;
  }

  /** Connects, the first time or again after a bye. */
  start() {
    this.#stopped = false;
    if (!this.#socket) this.#connect();
    if (this.#listening) return;
    this.#listening = true;
    // Another network: what the connection went over may be gone without a word.
    window.addEventListener("online", () => this.doubt());
    window.addEventListener("offline", () => this.#drop());
    document.addEventListener("visibilitychange", () => {
      // A phone that slept may have lost the connection without knowing it.
      if (document.visibilityState !== "visible") return;
      if (this.#socket && performance.now() - this.#heard > deadAfter) this.#drop();
      this.now();
    });
    // A page that the browser keeps for "back" comes back with a dead socket.
    window.addEventListener("pageshow", (e) => {
      if (e.persisted) this.#drop();
    });
  }

  /** Whether the page is in touch with the server. */
  get online() {
    return this.#greeted && this.#heard > 0;
  }

  /** Tries to connect now instead of waiting out the pause between tries. */
  now() {
    if (this.#stopped || this.#socket) return;
    window.clearTimeout(this.#retry);
    this.#connect();
  }

  /**
   * There is a reason to think that the connection is dead: a sign of life is asked for, and without one it is made
   * anew at once.
   */
  doubt() {
    if (this.#socket && !this.#greeted && performance.now() - this.#begun > signWithin) this.#drop();
    if (!this.online) return this.now();
    this.request({ do: "relay" }, signWithin).catch(() => {});
  }

  /**
   * Gives a command. The promise is kept over lost connections and settles when the server has answered: what it
   * answers is on disk. A refusal rejects with Refused.
   * @param {Message} message
   * @returns {Promise<Answer>}
   */
  command(message) {
    return this.#ask(message, true);
  }

  /**
   * Asks for something that only makes sense on this connection; rejects when it is lost. When nothing at all is
   * heard in time, the connection is given up and another one made at once.
   * @param {Message} message
   * @param {number} [within] ms
   * @returns {Promise<Answer>}
   */
  request(message, within = answerWithin) {
    if (!this.online) return Promise.reject(new Error("offline"));
    const s = this.#socket;
    const asked = performance.now();
    const late = window.setTimeout(() => {
      if (s !== this.#socket || this.#heard > asked) return;
      this.#drop();
      this.now();
    }, within);
    return this.#ask(message, false).finally(() => window.clearTimeout(late));
  }

  /**
   * Says something that wants no answer; lost when there is no connection.
   * @param {Message} message
   */
  tell(message) {
    if (this.#greeted) this.#send(message);
  }

  /** Stops for good. */
  stop() {
    this.#stopped = true;
    window.clearTimeout(this.#retry);
    window.clearInterval(this.#watch);
    this.#socket?.close(1000);
    this.#socket = undefined;
    this.#greeted = false;
  }

  /** @param {Message} message @param {boolean} keep @returns {Promise<Answer>} */
  #ask(message, keep) {
    return new Promise((resolve, reject) => {
      const id = random();
      this.#pending.set(id, { id, message, keep, resolve, reject });
      if (this.#greeted) this.#send({ ...message, id });
    });
  }

  #connect() {
    const url = new URL(this.#path, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const s = new WebSocket(url);
    this.#socket = s;
    this.#heard = 0;
    const begun = (this.#begun = performance.now());
    window.clearInterval(this.#watch);
    this.#watch = window.setInterval(() => {
      // One that does not come about is given up too, sooner: the network may be another one by now.
      if (performance.now() - (this.#heard || begun) > (this.#heard ? deadAfter : openWithin)) this.#drop();
    }, 2000);

    s.addEventListener("open", () => {
      if (s !== this.#socket) return;
      this.#greeted = true;
      this.#send({ do: "hello", ...this.#hello() });
      // In order, and under their own ids: those that had an effect already get the same answer again.
      for (const p of this.#pending.values()) this.#send({ ...p.message, id: p.id });
    });
    s.addEventListener("message", (e) => {
      if (s === this.#socket && typeof e.data === "string") this.#take(JSON.parse(e.data));
    });
    s.addEventListener("close", (e) => {
      if (s === this.#socket) this.#lost(e.code);
    });
  }

  /** @param {any} m */
  #take(m) {
    this.#heard = performance.now();
    if (m.view) {
      this.#wait = firstWait;
      if (!this.#told) {
        this.#told = true;
        this.#on.online(true);
      }
      this.#on.view(m.view, this.#heard);
    } else if (m.re) {
      const p = this.#pending.get(m.re);
      this.#pending.delete(m.re);
      // Not decided: nothing happened, and the same may be asked again.
      if (p && m.error === "unavailable" && p.keep) this.#again(p);
      else if (m.error) p?.reject(new Refused(m));
      else p?.resolve(m);
    } else if (m.bye) {
      this.stop();
      this.#on.bye(m.bye);
    }
  }

  /** @param {Pending} p */
  #again(p) {
    this.#pending.set(p.id, p);
    window.setTimeout(() => {
      if (this.#greeted && this.#pending.has(p.id)) this.#send({ ...p.message, id: p.id });
    }, 1000 * (0.5 + Math.random()));
  }

  /** @param {Message} m */
  #send(m) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(m));
  }

  /** Gives up a connection that still looks alive. */
  #drop() {
    const s = this.#socket;
    if (!s) return;
    this.#lost(0);
    s.close();
  }

  /** @param {number} code */
  #lost(code) {
    this.#socket = undefined;
    this.#greeted = false;
    this.#told = false;
    window.clearInterval(this.#watch);
    for (const p of [...this.#pending.values()]) {
      if (p.keep) continue;
      this.#pending.delete(p.id);
      p.reject(new Error("offline"));
    }
    if (this.#stopped) return;
    if (code === 4001 || code === 1008) {
      this.stop();
      this.#on.bye(code === 4001 ? "elsewhere" : "refused");
      return;
    }
    this.#on.online(false);
    const longest = this.due ? longestWhenDue : longestWait;
    if (this.due && this.#wait === firstWait) this.#wait = firstWhenDue;
    this.#wait = code === 4008 ? longestWait : Math.min(this.#wait, longest);
    // Full jitter: after a restart of the server everybody comes back, but not all at once.
    const wait = 200 + Math.random() * (this.#wait - 200);
    this.#wait = Math.min(this.#wait * 2, longest);
    this.#retry = window.setTimeout(() => this.#connect(), wait);
  }
}
