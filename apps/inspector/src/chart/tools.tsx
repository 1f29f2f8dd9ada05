/** What is done to a drawing with the pointer, beside dragging it. */
import { useReactFlow, useStore } from "@xyflow/react";
import type { ReactElement } from "react";
import { Icon } from "../shell/icon.tsx";
import { isSmall } from "./camera.ts";
import { isCalm } from "./drawing.tsx";

/** Whether the drawing follows its flow, and what changes that. */
export interface ToolsProps {
  /** Whether the current state is kept in sight. */
  readonly follows: boolean;
  /** Follows, or stops that. */
  readonly setFollows: (follows: boolean) => void;
}

/** Buttons that magnify a drawing; where that is small, the one that shows all of it. */
export function Tools({ follows, setFollows }: ToolsProps): ReactElement {
  const { fitView, zoomIn, zoomOut } = useReactFlow();
  const isShort = useStore(isSmall);
  const whole = (): void => {
    setFollows(false);
    void fitView({ padding: 0.02, duration: isCalm() ? 0 : 250 });
  };
  return (
    <div className="tools" role="toolbar" aria-label="Chart">
      {!isShort && (
        <>
          <button
            type="button"
            title="Larger (+)"
            aria-label="Larger"
            onClick={() => void zoomIn()}
          >
            <Icon name="plus" />
          </button>
          <button
            type="button"
            title="Smaller (-)"
            aria-label="Smaller"
            onClick={() => void zoomOut()}
          >
            <Icon name="minus" />
          </button>
        </>
      )}
      <button
        type="button"
        title="The whole chart (0)"
        aria-label="The whole chart"
        onClick={whole}
      >
        <Icon name="whole" />
      </button>
      <button
        type="button"
        title="Keep the current state in sight"
        aria-label="Keep the current state in sight"
        aria-pressed={follows}
        onClick={() => setFollows(!follows)}
      >
        <Icon name="target" />
      </button>
    </div>
  );
}
