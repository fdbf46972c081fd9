/**
 * What catches an answer that cannot be drawn: without it the page before would stay on the screen, with its seal.
 * @module
 */
import { Component, type ComponentChildren } from "preact";

interface GuardedProps {
  readonly children: ComponentChildren;
}

export class Guarded extends Component<GuardedProps, { readonly isBroken: boolean }> {
  override readonly state = { isBroken: false };

  static override getDerivedStateFromError(): { readonly isBroken: boolean } {
    return { isBroken: true };
  }

  override render(): ComponentChildren {
    if (!this.state.isBroken) return this.props.children;
    return (
      <section class="card state proof false" role="alert">
        <h1>This cannot be shown</h1>
        <p>
          This node's answer is not in the agreed form, so nothing of it is shown. Load the page
          again, or ask another node.
        </p>
        <p>
          <button type="button" onClick={() => location.reload()}>
            Load again
          </button>
        </p>
      </section>
    );
  }
}
