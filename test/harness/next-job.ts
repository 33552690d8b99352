// The job after a reusable workflow that prints every output, and what it printed.

/** Two spaces deep, as the last job of a workflow. */
export function nextJob(needs: string): string {
  return `  next:
    needs: ${needs}
    if: always()
    runs-on: ubuntu-latest
    steps:
      - env: {OUTPUTS: '\${{ toJSON(needs.${needs}.outputs) }}'}
        run: echo "outputs $(echo "$OUTPUTS" | tr -d '\\n')"
`
}

export function outputsIn(log: string): Record<string, string> {
  return JSON.parse(/outputs (\{.*\})/.exec(log)?.[1] ?? '{}') as Record<string, string>
}
