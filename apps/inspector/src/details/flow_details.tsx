/** What is known of a flow at the moment. */
import { flowAt, type FlowMoment } from "@bellhop/inspector/recording/moment";
import type { FlowTrace } from "@bellhop/inspector/recording/trace";
import { type ReactElement, useMemo } from "react";
import { chartOf, titleOf } from "../chart/charts.ts";
import { isWithin } from "../chart/marks.ts";
import { wordsOf } from "../chart/outline.ts";
import { mismatchWords } from "../check/findings.ts";
import { useShownTime } from "../shell/clock.ts";
import { Countdown } from "../shell/countdown.tsx";
import { Outcome } from "../shell/outcome.tsx";
import { momentOf } from "../shell/moment.ts";
import { goToStep } from "../shell/navigation.ts";
import { useView } from "../shell/store.ts";
import { clockTime, duration, sinceStart } from "../shell/words.ts";
import { Section } from "./section.tsx";
import { Tree } from "./tree.tsx";

/** What is shown. */
export interface FlowDetailsProps {
  /** The flow. */
  readonly flow: FlowTrace;
  /** Key of the session that it keeps; `undefined`: none. */
  readonly sessionKey: string | undefined;
}

/** Shows a flow: where it is, what it waits for, what it remembers and how it came there. */
export function FlowDetails({ flow, sessionKey }: FlowDetailsProps): ReactElement {
  const timeline = useView(({ timeline }) => timeline);
  const moment = useView(({ moment }) => moment);
  const { revision } = flow;
  const at = useMemo(
    () => flowAt(flow, momentOf({ moment, timeline })),
    [flow, revision, moment],
  );
  return (
    <>
      <section className="card" aria-label="Flow">
        <h2>
          {sessionKey === undefined ? titleOf(flow.chart) : (
            <>
              Flow of <q>{sessionKey}</q>
            </>
          )}
        </h2>
        <dl className="facts">
          <dt>Flow</dt>
          <dd>
            <code>{flow.flowId}</code>
          </dd>
          <dt>Process</dt>
          <dd>{flow.process}</dd>
          <dt>Began</dt>
          <dd>{clockTime(flow.startedAt)}{flow.isResumed ? ", resumed" : ""}</dd>
          {at !== undefined && (
            <>
              <dt>{at.status === "running" ? "Runs" : "Ended"}</dt>
              <dd>
                {at.status === "running"
                  ? <Running since={flow.startedAt} />
                  : <Outcome status={at.status} path={at.path} />}
              </dd>
            </>
          )}
          {flow.span !== undefined && (
            <>
              <dt>Trace</dt>
              <dd>
                <code>{flow.span.traceId}</code>
              </dd>
            </>
          )}
        </dl>
      </section>
      {at === undefined
        ? <p className="list-none">At this moment it has not begun</p>
        : <Standing at={at} />}
      <Steps flow={flow} count={at?.stepCount ?? 0} />
    </>
  );
}

function Running({ since }: { readonly since: number }): ReactElement {
  return <>for {duration(useShownTime() - since)}</>;
}

function Standing({ at }: { readonly at: FlowMoment }): ReactElement {
  const { step, timers, operations, context } = at;
  return (
    <>
      {(timers.length > 0 || operations.length > 0) && (
        <Section title="Under way" note={timers.length + operations.length}>
          <ul className="waits">
            {operations.map(({ operation, seq, startedAt }) => (
              <li key={seq} className="is-operation">
                <b>{operation}</b>
                <Running since={startedAt} />
              </li>
            ))}
            {timers.map(({ timer, seq, armedAt, dueAt }) => (
              <li key={seq} className="is-timer">
                <b>{timer}</b>
                <Countdown armedAt={armedAt} dueAt={dueAt} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      {step !== undefined && (
        <Section title="Last event" note={step.event}>
          {Object.keys(step.data ?? {}).length === 0
            ? <p className="muted">It carried nothing</p>
            : <Tree value={step.data} />}
        </Section>
      )}
      {at.status === "running" && <Next at={at} />}
      <Section title="Context">
        <Tree value={context} />
      </Section>
    </>
  );
}

/** Where the flow may go: a chart with many lines does not say so on them. */
function Next({ at: { flow, path } }: { readonly at: FlowMoment }): ReactElement | null {
  const chart = chartOf(flow);
  const next = chart.edges.filter(({ from }) => isWithin(path, from));
  if (next.length === 0) return null;
  return (
    <Section title="Possible next" note={next.length} isFolded={!chart.isDense}>
      <ul className="nexts">
        {next.map(({ id, to, transitions }) => (
          <li key={id}>
            <b>→ {to}</b>
            <span>{[...new Set(transitions.map(wordsOf))].join(", ")}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

const PAST_STEPS = 60;
const FUTURE_STEPS = 3;

function Steps(
  { flow, count }: { readonly flow: FlowTrace; readonly count: number },
): ReactElement {
  const firstAt = useView(({ timeline }) => timeline.firstAt) ?? 0;
  const from = Math.max(0, count - PAST_STEPS);
  const wrong = useWrongSteps(flow);
  const numbers = flow.steps.slice(from, count + FUTURE_STEPS).map((_, index) => from + index);
  return (
    <Section title="Steps" note={`${Math.max(0, count - 1)} of ${flow.steps.length - 1}`}>
      <ol className="steps" reversed>
        {numbers.toReversed().map((number) => (
          <Step
            key={number}
            flow={flow}
            number={number}
            firstAt={firstAt}
            wrong={wrong.get(flow.steps[number]?.seq ?? -1)}
            standing={number === count - 1 ? "now" : number < count ? "past" : "future"}
          />
        ))}
      </ol>
    </Section>
  );
}

/** What a replay found wrong with steps of a flow, by their lines. */
function useWrongSteps(flow: FlowTrace): ReadonlyMap<number, string> {
  const check = useView(({ check }) => check);
  return useMemo(() => {
    const all = check?.type === "done" ? check.replayed.mismatches : [];
    const own = all.filter((mismatch) => mismatch.flow === flow.id);
    return new Map(own.map((mismatch) => [mismatch.seq, mismatchWords(mismatch)]));
  }, [check, flow]);
}

function Step(
  { flow, number, firstAt, wrong, standing }: {
    readonly flow: FlowTrace;
    readonly number: number;
    readonly firstAt: number;
    readonly wrong: string | undefined;
    readonly standing: "past" | "now" | "future";
  },
): ReactElement | null {
  const step = flow.steps[number];
  if (step === undefined) return null;
  return (
    <li className={`is-${standing}`}>
      <button
        type="button"
        aria-current={standing === "now" ? "step" : undefined}
        onClick={() => goToStep(flow, number)}
      >
        <span className="step-number">{number}</span>
        <span className="step-event">{step.event}</span>
        <span className="step-time">{sinceStart(step.at - firstAt)}</span>
        <span className="step-to">{step.to}</span>
        {wrong !== undefined && <span className="step-wrong">{wrong}</span>}
      </button>
    </li>
  );
}
