/** The bottom panel: all of the time, to scrub through and to play. */
import { type KeyboardEvent, type PointerEvent, type ReactElement, useRef } from "react";
import { useFindings } from "../check/findings_band.tsx";
import { shownTime, useShownSecond, useShownTime } from "../shell/clock.ts";
import { Icon } from "../shell/icon.tsx";
import {
  scrubTo,
  setSpeed,
  step,
  toEnd,
  togglePlay,
  toggleQuiet,
  unfold,
} from "../shell/navigation.ts";
import { current, show, useView } from "../shell/store.ts";
import { duration, sinceStart } from "../shell/words.ts";
import { Tracks } from "./timeline_tracks.tsx";
import { partOf, type Range, timeAt } from "./scale.ts";
import { shownRange } from "./shown_range.ts";

const speeds = [1, 10, 100];

/** Shows the time line. */
export function TimelinePanel(): ReactElement {
  const timeline = useView(({ timeline }) => timeline);
  const isLive = useView(({ source }) => source.type === "live");
  const findings = useFindings();
  useView(({ revision }) => revision);
  useShownSecond();
  useView(({ choice }) => choice);
  useView(({ isZoomed }) => isZoomed);
  useView(({ foldsQuiet }) => foldsQuiet);
  useView(({ unfolded }) => unfolded);
  const last = Math.max(timeline.lastAt ?? 0, isLive ? shownTime() : 0);
  const { range, now, quiet } = shownRange(current(), last);
  const isWorld = timeline.happenings.some(({ type }) => type === "fault.began");
  return (
    <section className={`timeline ${isWorld ? "is-world" : ""}`} aria-label="Time line">
      <Controls hasQuiet={quiet.length > 0} />
      <div className="scrub-area">
        <Scrubber range={range}>
          <Tracks range={range} now={now} findings={findings} />
        </Scrubber>
        <Folds range={range} />
      </div>
    </section>
  );
}

/** A mark on each quiet time that is folded, which unfolds it. */
function Folds({ range }: { readonly range: Range }): ReactElement | null {
  const folds = range.segments?.filter(({ isFold }) => isFold) ?? [];
  if (folds.length === 0) return null;
  return (
    <ul className="folds" aria-label="Quiet times">
      {folds.map(({ from, to, left, width }) => (
        <li key={from} style={{ left: `${left * 100}%`, width: `${width * 100}%` }}>
          <button
            type="button"
            title={`${duration(to - from)} of quiet: unfold`}
            aria-label={`Unfold ${duration(to - from)} of quiet`}
            onClick={() =>
              unfold(from)}
          >
            <span>{duration(to - from)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Controls({ hasQuiet }: { readonly hasQuiet: boolean }): ReactElement {
  const speed = useView(({ speed }) => speed);
  const isFolded = useView(({ foldsQuiet, unfolded }) => foldsQuiet && unfolded.size === 0);
  return (
    <div className="controls" role="toolbar" aria-label="Time">
      <div className="control-row">
        <button
          type="button"
          className="icon-button"
          title="One step back ( [ )"
          aria-label="One step back"
          onClick={() => step("back")}
        >
          <Icon name="back" />
        </button>
        <button
          type="button"
          className="play"
          title="Play or pause (Space)"
          aria-label={speed > 0 ? "Pause" : "Play"}
          onClick={togglePlay}
        >
          <Icon name={speed > 0 ? "pause" : "play"} />
        </button>
        <button
          type="button"
          className="icon-button"
          title="One step on ( ] )"
          aria-label="One step on"
          onClick={() => step("on")}
        >
          <Icon name="forth" />
        </button>
        {hasQuiet && (
          <button
            type="button"
            className="icon-button"
            title="Fold quiet times (f)"
            aria-label="Fold quiet times"
            aria-pressed={isFolded}
            onClick={toggleQuiet}
          >
            <Icon name="fold" />
          </button>
        )}
        <Now />
      </div>
      <Settings />
    </div>
  );
}

function Settings(): ReactElement {
  const nextSpeed = useView(({ nextSpeed }) => nextSpeed);
  const isAtEnd = useView(({ moment }) => moment === undefined);
  const isLive = useView(({ source }) => source.type === "live" && source.status !== "ended");
  const isZoomed = useView(({ isZoomed }) => isZoomed);
  return (
    <div className="control-row">
      <div className="segments" role="group" aria-label="Speed">
        {speeds.map((value) => (
          <button
            key={value}
            type="button"
            aria-pressed={nextSpeed === value}
            onClick={() => setSpeed(value)}
          >
            {value}×
          </button>
        ))}
      </div>
      <button
        type="button"
        className="small-button"
        aria-pressed={isZoomed}
        title="The time of this flow alone (z)"
        onClick={() => show({ isZoomed: !isZoomed })}
      >
        Zoom
      </button>
      <button
        type="button"
        className={`small-button ${isLive ? "is-live" : ""}`}
        aria-pressed={isAtEnd}
        title={isLive ? "Follow what happens (l)" : "To the end (l)"}
        onClick={toEnd}
      >
        {isLive ? "Live" : "End"}
      </button>
    </div>
  );
}

function Now(): ReactElement {
  const at = useShownTime();
  const firstAt = useView(({ timeline }) => timeline.firstAt) ?? at;
  return (
    <output className="now" aria-label="Time since the beginning">
      {sinceStart(at - firstAt)}
    </output>
  );
}

function Scrubber(
  { range, children }: { readonly range: Range; readonly children: ReactElement },
): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const at = useShownTime();
  const firstAt = useView(({ timeline }) => timeline.firstAt) ?? 0;
  const lastAt = useView(({ timeline }) => timeline.lastAt) ?? 0;
  const scrub = ({ clientX, buttons }: PointerEvent): void => {
    const { left = 0, width = 1 } = box.current?.getBoundingClientRect() ?? {};
    if (buttons === 1) scrubTo(timeAt((clientX - left) / width, range));
  };
  const press = (event: KeyboardEvent): void => {
    const part = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (part !== undefined) scrubTo(timeAt(partOf(at, range) + part / 200, range));
    else if (event.key === "Home") scrubTo(firstAt);
    else if (event.key === "End") toEnd();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const part = Math.min(1, Math.max(0, partOf(at, range)));
  return (
    <div
      className="scrubber"
      ref={box}
      role="slider"
      tabIndex={0}
      aria-label="Moment"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, lastAt - firstAt)}
      aria-valuenow={Math.round(at - firstAt)}
      aria-valuetext={sinceStart(at - firstAt)}
      onKeyDown={press}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        scrub(event);
      }}
      onPointerMove={scrub}
    >
      {children}
      <div className="playhead" style={{ left: `${part * 100}%` }}>
        <span />
      </div>
    </div>
  );
}
