/**
 * What holds for every operation, in words: for the description and for its page.
 * @module
 */
export interface Chapter {
  readonly title: string;
  readonly paragraphs: readonly string[];
}

export const chapters: readonly Chapter[] = [
  {
    title: "Forms",
    paragraphs: [
      "Amounts are base units in decimal text, beside a form for people. Heights, nonces and times (Unix milliseconds) are numbers; a name that ends in Ms is in milliseconds. Bytes and ids are lowercase hex, accounts are addresses. What is absent is null, never missing. A newer node may add fields: ignore those that you do not know.",
      "Every answer has the header `Quorate-Tip`: height and id of the node's newest final block when it answered.",
      "Whatever takes GET takes HEAD. OPTIONS tells a browser what pages of other origins may do: read everything, and submit a transaction, for a transaction authenticates itself. A parameter that is not described is ignored; one that is given twice is refused, unless it may be repeated.",
    ],
  },
  {
    title: "Lists and cursors",
    paragraphs: [
      "A list is `{items, next, prev, tip}`. `next` and `prev` are cursors of the pages beside this one, or null. A cursor is opaque: give it back as it is. A page holds up to 100 items.",
      "The list was read at `tip`. A stream that begins with `cursor=` and the height of that tip continues exactly where the list ends: nothing is missed between the two, and nothing comes twice.",
    ],
  },
  {
    title: "The stream",
    paragraphs: [
      "`GET /v1/stream` sends what becomes final as server-sent events. The id of an event is a position in the ledger, the same at every node: to go on after it, here or elsewhere, send it as `Last-Event-ID` or `cursor`. A reader that comes back, also after the node was started again, misses nothing and gets nothing twice.",
      "A reader that takes too little gets the event `too_slow` and its connection ends; it goes on after the last event that it took. Lines that begin with a colon keep the connection alive.",
    ],
  },
  {
    title: "Problems",
    paragraphs: [
      "What goes wrong is answered as `application/problem+json` (RFC 9457). Programs decide by `code`, which is stable; `type` leads to its explanation on this node's page; `field` names what is wrong, such as `query.limit`; `fix` says what to do.",
      "Bad input is 400, what is not there 404, another method 405, a body that is too large 413 or of another type 415. Over the rate is 429, and a node that cannot answer now says 503; both tell in `Retry-After` how many seconds to wait. What is not readable as HTTP is answered by status alone: 400, 408 when it comes too slowly, 431 when its head is too large. A connection on which many requests are sent ahead of their answers is closed.",
    ],
  },
  {
    title: "Submitting",
    paragraphs: [
      "Sending the same transaction again is always safe: its id is looked up before any other rule, so a final transaction is answered as final. `final`, `expired`, `superseded` and `invalid` are for ever; `pending`, `refused` and `unknown` are what this node says now.",
    ],
  },
];

export const introduction: string = [
  "The HTTP interface of a Quorate node.",
  ...chapters.map(({ title, paragraphs }) => [`## ${title}`, ...paragraphs].join("\n\n")),
].join("\n\n");
