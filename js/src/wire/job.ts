/** What is known of a job, read from the traits as they come. */

export type JobState =
  | "queued"
  | "running"
  | "finished"
  | "failed"
  | "cancelled"
  | "interrupted";

export interface JobReason {
  readonly sentence: string;
  readonly type: string;
  readonly count: number;
  readonly detail: string;
}

export interface JobSnapshot {
  readonly title: string;
  readonly number: number;
  readonly plan: string;
  readonly state: JobState;
  readonly done: number;
  readonly failed: number;
  readonly running: number;
  readonly total: number;
  /** The estimated time to the end, in words; null while nothing is known. */
  readonly left: string | null;
  /** Whether this kernel runs it and tells of every change. */
  readonly live: boolean;
  readonly reasons: readonly JobReason[];
}

export const JOB_NAMES = ["title", "number", "plan", "state", "facts", "reasons"] as const;

const STATES: readonly JobState[] = [
  "queued",
  "running",
  "finished",
  "failed",
  "cancelled",
  "interrupted",
];

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const count = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

export function readJob(get: (name: string) => unknown): JobSnapshot {
  const facts = fields(get("facts"));
  const reasons = get("reasons");
  const state = get("state");
  return {
    title: text(get("title")),
    number: count(get("number")),
    plan: text(get("plan")),
    state: STATES.find((known) => known === state) ?? "queued",
    done: count(facts.done),
    failed: count(facts.failed),
    running: count(facts.running),
    total: count(facts.total),
    left: typeof facts.left === "string" ? facts.left : null,
    live: facts.live === true,
    reasons: (Array.isArray(reasons) ? reasons : []).map((value: unknown) => {
      const each = fields(value);
      return {
        sentence: text(each.sentence),
        type: text(each.type),
        count: count(each.count),
        detail: text(each.detail),
      };
    }),
  };
}

export const isActive = (job: JobSnapshot): boolean =>
  job.state === "queued" || job.state === "running";

/** What stands beside the bar: how it is going, or how it ended. */
export function jobWords(job: JobSnapshot): string {
  const parts: string[] = [];
  if (job.state === "failed") return `${job.failed} of ${job.total} failed`;
  if (!isActive(job)) parts.push(job.state);
  else if (job.running > 0) parts.push(`${job.running} running`);
  else parts.push(job.state === "running" ? "running" : "waiting for a worker");
  if (job.failed > 0) parts.push(`${job.failed} failed`);
  if (isActive(job) && job.left !== null) parts.push(`about ${job.left} left`);
  return parts.join(" · ");
}
