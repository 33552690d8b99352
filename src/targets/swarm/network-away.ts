/** The engine's words for a network that is missing or going, in refusals and in the ends of tasks: one pattern for both. */
export const NETWORK_AWAY =
  /network \S+ (?:not found|is being removed)|could not find network|(?:no such|unknown) network/i
