/** What is known of a session at the moment, in every process that has it. */
import { sessionAt, type SessionMoment } from "@bellhop/inspector/recording/moment";
import { type ReactElement, useMemo } from "react";
import { useShownTime } from "../shell/clock.ts";
import { hasHappened, momentOf } from "../shell/moment.ts";
import { choose } from "../shell/navigation.ts";
import { useView } from "../shell/store.ts";
import { tokenLife } from "../shell/token_life.ts";
import { duration, spaced } from "../shell/words.ts";
import { Section } from "./section.tsx";

/** Shows the time left of a session's token, who renews it, and how it stands in each process. */
export function SessionDetails({ sessionKey }: { readonly sessionKey: string }): ReactElement {
  const timeline = useView(({ timeline }) => timeline);
  const revision = useView(({ revision }) => revision);
  const moment = useView(({ moment }) => moment);
  const shown = momentOf({ moment, timeline });
  const all = useMemo(
    () =>
      [...timeline.sessions.values()].filter(({ key }) => key === sessionKey)
        .map((session) => sessionAt(timeline, session, shown))
        .filter((session) => session !== undefined),
    [timeline, revision, moment, sessionKey],
  );
  const living = all.filter(({ isOver }) => !isOver);
  const holder = all.find(({ isHolder }) => isHolder)?.session.process ??
    all.find(({ holder }) => holder !== undefined)?.holder;
  const best = living.toSorted((a, b) => (b.step?.expiresAt ?? 0) - (a.step?.expiresAt ?? 0))[0] ??
    all[0];
  const renewals = all.flatMap(({ session }) =>
    session.renewals
      .filter((renewal) => hasHappened({ seq: renewal.seq, at: renewal.startedAt }, shown))
      .map((renewal) => ({ ...renewal, process: session.process }))
  ).toSorted((a, b) => b.seq - a.seq);
  const error = best?.step?.error;
  return (
    <>
      <section className="card session-card" aria-label="Session">
        <h2>
          Session <q>{sessionKey}</q>
        </h2>
        {best !== undefined && <TokenBar session={best} />}
        <dl className="facts">
          <dt>Lease</dt>
          <dd>{holder === undefined ? "nobody holds it" : <b>held by {holder}</b>}</dd>
          <dt>Renewals</dt>
          <dd>{renewals.length}</dd>
          {error !== undefined && (
            <>
              <dt>Trouble</dt>
              <dd className="trouble">{error}</dd>
            </>
          )}
        </dl>
      </section>
      {all.length > 1 && (
        <Section title="Processes" note={`${living.length} of ${all.length} live`}>
          <ul className="processes">
            {all.map((session) => <ProcessRow key={session.session.id} session={session} />)}
          </ul>
        </Section>
      )}
      {renewals.length > 0 && (
        <Section title="Renewals" note={renewals.length} isFolded={all.length > 1}>
          <ul className="renewals">
            {renewals.slice(0, 50).map(({ seq, process, startedAt, endedAt, answer }) => (
              <li key={`${process} ${seq}`}>
                <Answer answer={answer} />
                <span>{process}</span>
                <span className="muted">
                  {endedAt === undefined ? "" : duration(endedAt - startedAt)}
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

function Answer({ answer }: { readonly answer: string | undefined }): ReactElement {
  if (answer === undefined) return <span className="outcome">under way</span>;
  return <span className={`outcome is-${answer === "token" ? "done" : "other"}`}>{answer}</span>;
}

function TokenBar({ session }: { readonly session: SessionMoment }): ReactElement {
  const at = useShownTime();
  const { step } = session;
  const life = step === undefined ? undefined : tokenLife(session.session, step);
  if (step === undefined || life === undefined) {
    return <p className="token-none">{spaced(step?.name ?? "unknown")}: no token</p>;
  }
  const { bornAt, expiresAt } = life;
  const whole = expiresAt - bornAt;
  const left = expiresAt - at;
  const due = step.dueAt === undefined ? undefined : step.dueAt - at;
  const dueMark = step.dueAt === undefined ? undefined : (expiresAt - step.dueAt) / whole;
  return (
    <div className={`token is-${step.name}`}>
      <p>
        <b>{spaced(step.name)}</b>
        <span>{left > 0 ? `${duration(left)} left` : `expired ${duration(-left)} ago`}</span>
      </p>
      <Meter left={left} whole={whole} dueMark={dueMark} />
      {due !== undefined && (
        <small>{due > 0 ? `renewal is due in ${duration(due)}` : "renewal is due"}</small>
      )}
    </div>
  );
}

function Meter(
  { left, whole, dueMark }: {
    readonly left: number;
    readonly whole: number;
    readonly dueMark: number | undefined;
  },
): ReactElement {
  const part = Math.max(0, Math.min(1, left / whole));
  return (
    <div
      className="token-bar"
      role="meter"
      aria-label="Time left of the token"
      aria-valuemin={0}
      aria-valuemax={Math.round(whole / 1000)}
      aria-valuenow={Math.max(0, Math.round(left / 1000))}
      aria-valuetext={duration(Math.max(0, left))}
    >
      <span style={{ width: `${part * 100}%` }} />
      {dueMark !== undefined && dueMark > 0 && dueMark < 1 && (
        <i style={{ left: `${dueMark * 100}%` }} title="Renewal is due here" />
      )}
    </div>
  );
}

function ProcessRow({ session }: { readonly session: SessionMoment }): ReactElement {
  const at = useShownTime();
  const { process, flow } = session.session;
  const expiresAt = session.step?.expiresAt;
  const name = session.isOver ? "ended" : spaced(session.step?.name ?? "unknown");
  return (
    <li>
      <button
        type="button"
        disabled={flow === undefined}
        onClick={() => flow !== undefined && choose({ type: "flow", id: flow })}
      >
        <span className={`lamp is-${session.isOver ? "over" : session.step?.name ?? ""}`} />
        <b>{process}</b>
        <span className="process-state">{name}</span>
        {session.isHolder && <span className="holder">lease</span>}
        <span className="process-left">
          {expiresAt === undefined || session.isOver
            ? "—"
            : expiresAt > at
            ? duration(expiresAt - at)
            : "expired"}
        </span>
      </button>
    </li>
  );
}
