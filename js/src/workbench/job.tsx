/** A job: its bar, what is going on, and why parts of it failed. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { LinkButton } from "../controls/button";
import { formatCount } from "../plots/texts";
import { Commands } from "../wire/commands";
import {
  isActive,
  JOB_NAMES,
  type JobReason,
  type JobSnapshot,
  jobWords,
  readJob,
} from "../wire/job";
import type { WidgetModel } from "../wire/model";

/** Seconds between looks at a job that another notebook runs. */
const LOOK = 2;

export function JobCard({ model }: { readonly model: WidgetModel }): JSX.Element {
  const read = (): JobSnapshot => readJob((name) => model.get(name));
  const [job, setJob] = useState(read);
  const [commands] = useState(() => new Commands(model));
  const [refusal, setRefusal] = useState("");
  useEffect(() => {
    const changed = (): void => setJob(read());
    for (const name of JOB_NAMES) model.on(`change:${name}`, changed);
    changed();
    return () => {
      for (const name of JOB_NAMES) model.off(`change:${name}`, changed);
      commands.close();
    };
  }, [model]);
  const watched = isActive(job) && !job.live;
  const act = (name: "cancel" | "retry" | "look"): void => {
    commands.send(name).then(
      () => setRefusal(""),
      (error: unknown) => setRefusal(error instanceof Error ? error.message : String(error)),
    );
  };
  useEffect(() => {
    if (!watched) return undefined;
    const timer = setInterval(() => act("look"), LOOK * 1000);
    return () => clearInterval(timer);
  }, [watched]);

  const part = (number: number): string =>
    `${job.total > 0 ? (100 * number) / job.total : 100}%`;
  return (
    <section class="job" aria-label={`Job ${job.number}`} data-testid="job">
      <div class="job-line">
        <strong class="job-title">{job.title}</strong>
        <span class="muted job-count">
          {formatCount(job.done)} / {formatCount(job.total)}
        </span>
      </div>
      <div
        class="job-bar"
        role="progressbar"
        aria-label={job.title}
        aria-valuemin={0}
        aria-valuemax={job.total}
        aria-valuenow={job.done + job.failed}
      >
        <div class="job-done" style={{ width: part(job.done) }} />
        <div class="job-failed" style={{ width: part(job.failed) }} />
      </div>
      <div class="job-line">
        <span
          class={job.failed > 0 && !isActive(job) ? "error" : "muted"}
          data-testid="job-state"
        >
          {jobWords(job)}
        </span>
        <span class="space" />
        {isActive(job) ? (
          <LinkButton onClick={() => act("cancel")} testid="job-cancel">
            stop
          </LinkButton>
        ) : job.state !== "finished" ? (
          <LinkButton onClick={() => act("retry")} testid="job-retry">
            {job.failed > 0 ? "try again" : "go on"}
          </LinkButton>
        ) : null}
      </div>
      {job.plan !== "" && isActive(job) ? <p class="muted">{job.plan}</p> : null}
      {job.reasons.map((reason) => (
        <Reason key={`${reason.type} ${reason.sentence}`} reason={reason} />
      ))}
      {refusal === "" ? null : (
        <p class="error" role="alert">
          {refusal}
        </p>
      )}
    </section>
  );
}

function Reason({ reason }: { readonly reason: JobReason }): JSX.Element {
  return (
    <details class="job-reason">
      <summary>
        <span class="muted">{formatCount(reason.count)} ×</span> {reason.sentence}
      </summary>
      <pre>{reason.detail || reason.type}</pre>
    </details>
  );
}
