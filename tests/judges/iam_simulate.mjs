// Answers simulations with the public API of @cloud-copilot/iam-simulate: one JSON line in, one JSON line out.
// An outside program for tests and benchmarks only. With "timed" it answers all lines at the end, with its CPU time.
import { createInterface } from 'node:readline'
import { runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate'

const mode = { simulationMode: 'Strict' }
const timed = process.argv.includes('timed')
const lines = []

async function answer(asked) {
  if (!asked.validated) return { answer: runUnsafeSimulation(asked.simulation, mode) }
  const found = await runSimulation(asked.simulation, mode)
  if (found.resultType === 'error') return { error: found.errors }
  const results = found.results ?? [found.result]
  return { answer: found.overallResult, ignored: results.flatMap((one) => one.ignoredContextKeys ?? []) }
}

async function told(asked) {
  try {
    return await answer(asked)
  } catch (error) {
    return { error: String(error) }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line)
  if (timed) lines.push(asked)
  else console.log(JSON.stringify(await told(asked)))
}
if (timed) {
  await told(lines[0])
  const started = process.cpuUsage()
  const answers = []
  for (const asked of lines) answers.push(await told(asked))
  const used = process.cpuUsage(started)
  console.log(JSON.stringify({ answers, seconds: (used.user + used.system) / 1e6 }))
}
