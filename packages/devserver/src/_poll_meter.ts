/** RFC 8628 section 3.5: what `slow_down` adds to the interval, for good. */
const slowDownMillis = 5_000;

export interface PollMeterOptions {
  readonly intervalMillis: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Measures, for each device code, whether its client waits before each poll. */
export interface PollMeter {
  /** A device code was issued: the first wait begins. */
  readonly begin: (deviceCode: string) => void;
  /** One poll arrived. */
  readonly poll: (deviceCode: string) => "inTime" | "tooEarly";
  readonly forget: (deviceCode: string) => void;
  /** The next `polls` polls are too early, whenever they come. */
  readonly slowDownNext: (polls: number) => void;
}

interface Measure {
  lastMillis: number;
  intervalMillis: number;
}

export function makePollMeter({ intervalMillis, now }: PollMeterOptions): PollMeter {
  const measures = new Map<string, Measure>();
  let told = 0;

  return {
    begin: (deviceCode) => {
      measures.set(deviceCode, { lastMillis: now(), intervalMillis });
    },
    poll: (deviceCode) => {
      const measure = measures.get(deviceCode);
      if (measure === undefined) {
        return "inTime";
      }
      const waitedMillis = now() - measure.lastMillis;
      measure.lastMillis = now();
      if (told === 0 && waitedMillis >= measure.intervalMillis) {
        return "inTime";
      }
      told = Math.max(0, told - 1);
      measure.intervalMillis += slowDownMillis;
      return "tooEarly";
    },
    forget: (deviceCode) => {
      measures.delete(deviceCode);
    },
    slowDownNext: (polls) => {
      told = polls;
    },
  };
}
