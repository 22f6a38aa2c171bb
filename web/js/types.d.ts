// The shapes of what the server sends to a live page. They mirror view.go; transport/PROTOCOL.md is the word on them.
// Times are milliseconds from the moment of sending.

export type DeviceState = "" | "ok" | "off" | "failed";

export interface DeviceReport {
  camera?: DeviceState;
  microphone?: DeviceState;
  network?: DeviceState;
}

export type Interest = "" | "yes" | "no" | "skip";

export type Moment =
  | "registered"
  | "waiting"
  | "called"
  | "admitted"
  | "countdown"
  | "talk"
  | "after"
  | "withdrawn"
  | "no_show"
  | "not_reached"
  | "closed"
  | "cancelled"
  | "elsewhere";

export interface CandidateView {
  version: number;
  moment: Moment;
  opens: number;
  starts: number;
  before: number;
  wait?: { min: number; max: number };
  working: number;
  onHold?: boolean;
  missed?: boolean;
  stillYou?: boolean;
  warm?: boolean;
  offer?: number;
  left?: number;
  length?: number;
  with?: string;
  lost?: number;
  interest?: Interest;
}

export type RowState = "" | "ready" | "here" | "hold" | "away" | "missed";

export interface QueueRow {
  id: string;
  name: string;
  language: string;
  state?: RowState;
  waited?: number;
  away?: number;
  skipped?: boolean;
  at?: number;
  devices: DeviceReport;
}

export type WorkState = "away" | "free" | "calling" | "talk" | "write_up" | "paused";
export type Stage = "called" | "admitted" | "countdown";

export interface Work {
  id: string;
  name: string;
  state: WorkState;
  stage?: Stage;
  connected: boolean;
  offer?: number;
  last: number;
  candidate?: QueueRow;
  left?: number;
  length?: number;
  lost?: number;
  talked?: number;
}

export interface InterviewerView {
  version: number;
  sheet: number;
  phase: "draft" | "published" | "closed" | "cancelled";
  starts: number;
  ends: number;
  elsewhere?: boolean;
  removed?: boolean;
  you: Work;
  colleagues: Work[];
  queue: QueueRow[];
  missing: QueueRow[];
  registered: QueueRow[];
  done: number;
  nextUp?: string;
}

export interface CandidateBoot {
  role: "candidate";
  name: string;
  firstName: string;
  title: string;
  start: string;
  zone: string;
  lengthMinutes: number;
  talkMinutes: number;
  live: string;
  interest: Interest;
  comment: string;
}

export interface InterviewerBoot {
  role: "interviewer";
  name: string;
  title: string;
  start: string;
  zone: string;
  live: string;
  sheet: string;
  assessments: string;
  summary: string;
}

/** The answer to a command or request. */
export interface Answer {
  re: string;
  ok?: boolean;
  error?: string;
  left?: number;
  field?: string;
  [more: string]: any;
}

export interface SheetText {
  id: string;
  text: string;
}

/** The questions and traits of a session, and the ready-made reasons. */
export interface Sheet {
  sheet: number;
  title: string;
  questions: SheetText[];
  traits: SheetText[];
  presets: string[];
}

/** One rating and note, as kept. */
export interface Mark {
  item: string;
  rating: number;
  note: string;
  revision: number;
}
