/**
 * Cards, facts and figures: what every page is made of.
 * @module
 */
import type { ComponentChildren, VNode } from "preact";

export interface CardProps {
  readonly title: string;
  /** At the right of the title: links, buttons. */
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

export const Card = ({ title, actions, children }: CardProps): VNode => (
  <section class="card" aria-label={title}>
    <div class="head">
      <h2>{title}</h2>
      {actions !== undefined && <div class="actions">{actions}</div>}
    </div>
    {children}
  </section>
);

/** A sentence in a card that has nothing to list. */
export const Nothing = ({ children }: { readonly children: ComponentChildren }): VNode => (
  <p class="nothing">{children}</p>
);

export type Fact = readonly [name: string, value: ComponentChildren];

/** Names and values, one below the other; a fact that is undefined is left out. */
export const Facts = ({ list }: { readonly list: readonly (Fact | undefined)[] }): VNode => (
  <dl class="facts">
    {list
      .filter((fact) => fact !== undefined)
      .map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
  </dl>
);

/** A row of large numbers. */
export const Figures = ({ list }: { readonly list: readonly Fact[] }): VNode => (
  <dl class="figures">
    {list.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);
