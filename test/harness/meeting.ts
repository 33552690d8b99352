/** A place where everyone waits until so many have come; who comes later walks through. */
export function meeting(count: number): () => Promise<void> {
  let waiting = 0
  let open: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (open = resolve))
  return () => {
    waiting += 1
    if (waiting >= count) open()
    return gate
  }
}
