/** The bottom panel: all of the time, to scrub through and to play. */
import { type KeyboardEvent, type PointerEvent, type ReactElement, useRef } from "react";
import { shownTime, useShownTime } from "../shell/clock.ts";
import { Icon } from "../shell/icon.tsx";
import { chosenFlow, scrubTo, setSpeed, step, toEnd, togglePlay } from "../shell/navigation.ts";
import { show, useView } from "../shell/store.ts";
import { sinceStart } from "../shell/words.ts";
import { Tracks } from "./timeline_tracks.tsx";
import { partOf, type Range, rangeOf } from "./tracks.ts";

const speeds = [1, 10, 100];

/** Shows the time line. */
export function TimelinePanel(): ReactElement {
  const timeline = useView(({ timeline }) => timeline);
  const flow = useView(chosenFlow);
  const isZoomed = useView(({ isZoomed }) => isZoomed);
  const isLive = useView(({ source }) => source.type === "live");
  const now = Math.max(timeline.lastAt ?? 0, isLive ? shownTime() : 0);
  useView(({ revision }) => revision);
  const range = rangeOf(timeline, isZoomed ? flow : undefined, now);
  return (
    <section className="timeline" aria-label="Time line">
      <Controls />
      <Scrubber range={range}>
        <Tracks range={range} now={now} />
      </Scrubber>
    </section>
  );
}

function Controls(): ReactElement {
  const speed = useView(({ speed }) => speed);
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
        <Now />
      </div>
      <Settings />
    </div>
  );
}

function Settings(): ReactElement {
  const nextSpeed = useView(({ nextSpeed }) => nextSpeed);
  const isAtEnd = useView(({ moment }) => moment === undefined);
  const isLive = useView(({ source }) => source.type === "live");
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
    if (buttons === 1) scrubTo(range.from + (clientX - left) / width * (range.to - range.from));
  };
  const press = (event: KeyboardEvent): void => {
    const part = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
    const by = (range.to - range.from) / 200;
    if (part !== undefined) scrubTo(at + part * by);
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
