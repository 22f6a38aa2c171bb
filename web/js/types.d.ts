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
  panel?: string[];
  for?: string;
  line?: string;
  /** The interviewers in the talk, the lead first. */
  people?: Mate[];
  lost?: number;
  interest?: Interest;
  /** The time he has chosen, "10:20" on a clock in the session's zone. */
  booked?: string;
  /** ms until it. */
  due?: number;
  promised?: boolean;
  late?: boolean;
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
  /** The time he has chosen, "10:20". */
  booked?: string;
  /** It has come: he stands before those without one. */
  promised?: boolean;
  /** Reserved for this interviewer after a hand-over. */
  for?: Mate;
  /** Who handed him over, and with what words; only told to the one it is for. */
  from?: string;
  note?: string;
  /** I have recused myself from him. */
  recused?: boolean;
  /** Adjustments or an interpreter, in his own words. */
  needs?: string;
  /** The recruiter's link to application or CV. */
  link?: string;
  phone?: string;
  /** He tried camera and microphone before the day. */
  tested?: boolean;
}

/** An interviewer as others see him. */
export interface Mate {
  id: string;
  name: string;
  lead?: boolean;
  connected?: boolean;
}

/** What an extension costs those who wait: how many move, and ms until the last one ends. */
export interface Cost {
  minutes: number;
  moves: number;
  last: number;
}

/** A colleague asks me to join his talk. */
export interface Invite {
  offer: number;
  from: string;
  candidate?: QueueRow;
  left?: number;
}

/** A hand-over of mine that came back. */
export interface Told {
  candidate: string;
  name: string;
  to: string;
  why: "declined" | "lapsed";
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
  panel?: Mate[];
  lead?: boolean;
  costs?: Cost[];
}

export interface InterviewerView {
  version: number;
  sheet: number;
  phase: "draft" | "published" | "closed" | "cancelled";
  starts: number;
  ends: number;
  elsewhere?: boolean;
  reads?: boolean;
  removed?: boolean;
  you: Work;
  colleagues: Work[];
  queue: QueueRow[];
  missing: QueueRow[];
  registered: QueueRow[];
  done: number;
  nextUp?: string;
  finished?: QueueRow[];
  invites?: Invite[];
  told?: Told[];
  line?: string;
  /** When the last of those who wait would end, at this pace. */
  reached?: { waiting: number; reached: number; last?: number };
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
  city: string;
  offset: string;
  interviewers: string[];
  contact: string;
  ad: string;
  link: string;
  live: string;
  details: string;
  calendar: string;
  respond: string;
  interest: Interest;
  comment: string;
  /** There for who chose a time of his own; start is empty when he has none any more. */
  appointment?: { start: string; personal: string; calendar: string };
}

export interface InterviewerBoot {
  role: "interviewer";
  me: string;
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
  /** The recruiter's words for 1 to 5; empty where there are none. */
  anchors: string[];
}

/** One rating and note, as kept. */
export interface Mark {
  item: string;
  rating: number;
  note: string;
  revision: number;
}
