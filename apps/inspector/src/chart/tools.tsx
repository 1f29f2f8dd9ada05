/** What is done to a drawing with the pointer, beside dragging it. */
import { useReactFlow, useStore } from "@xyflow/react";
import type { ReactElement } from "react";
import { Icon, type IconName } from "../shell/icon.tsx";
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
          <Tool icon="plus" name="Larger" shortcut="+" onClick={() => void zoomIn()} />
          <Tool icon="minus" name="Smaller" shortcut="-" onClick={() => void zoomOut()} />
        </>
      )}
      <Tool icon="whole" name="The whole chart" shortcut="0" onClick={whole} />
      <Tool
        icon="target"
        name="Keep the current state in sight"
        isPressed={follows}
        onClick={() => setFollows(!follows)}
      />
    </div>
  );
}

interface ToolProps {
  readonly icon: IconName;
  readonly name: string;
  /** The key that does the same. */
  readonly shortcut?: string;
  /** Of what can be on or off. */
  readonly isPressed?: boolean;
  readonly onClick: () => void;
}

function Tool({ icon, name, shortcut, isPressed, onClick }: ToolProps): ReactElement {
  return (
    <button
      type="button"
      title={shortcut === undefined ? name : `${name} (${shortcut})`}
      aria-label={name}
      aria-pressed={isPressed}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
