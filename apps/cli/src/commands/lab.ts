/** `sagekeep lab …`: the workshop, step by step. The labs load when one of these runs. */
import { Option } from "commander";
import type { CommonOptions, Register, Session } from "../command.ts";
import { knownCommands } from "./known.ts";
import { askQuiz } from "./lab-quiz.ts";
import { runAs } from "./lab-run.ts";

interface Options extends CommonOptions {
  folder?: string;
}

export const lab: Register = (program, run) => {
  const group = program
    .command("lab")
    .description("the workshop: labs with experiments that are really attempted");
  const command = (name: string, description: string) =>
    group
      .command(name)
      .description(description)
      .option("--folder <dir>", "the learner's folder (default: this one if it is one, else ./sagekeep-labs)")
      .option("--json", "one JSON object on stdout");
  const journey = async (session: Session, options: Options) => {
    const labs = await import("@sagekeep/labs");
    return { labs, where: { folder: labs.labFolder(options.folder), io: session.io, self: session.self } };
  };

  command("list", "the labs, and how far you are").action((options: Options) =>
    run(options)(async (session) => {
      const { labs, where } = await journey(session, options);
      const { renderStatus } = await import("../render/lab.ts");
      const report = await labs.status(where.folder);
      session.answer(report.labs, () => renderStatus(report, false));
    }),
  );

  command("start", "begin, or go on with, a lab: makes the folder, starts the cloud, deploys the platform")
    .argument("[lab]", "e.g. 1, 01-domain (default: the one in progress, else the first)")
    .addOption(
      new Option("--target <where>", "where it is played (default: local)").choices(["local", "aws"]),
    )
    .option("--region <name>", "region, on AWS")
    .option("--yes", "on AWS: do not ask; needs --account")
    .option("--account <id>", "on AWS: the account you mean")
    .action(
      (
        name: string | undefined,
        options: Options & { target?: "local" | "aws"; region?: string; yes?: boolean; account?: string },
      ) =>
        run(options)(async (session) => {
          const { labs, where } = await journey(session, options);
          const { renderStart } = await import("../render/lab.ts");
          const { target, region, yes, account } = options;
          const report = await labs.startLab(
            {
              folder: where.folder,
              self: session.self,
              ...(name && { lab: name }),
              ...(target && { target }),
              ...(region && { region }),
              ...(yes && { yes }),
              ...(account && { account }),
            },
            session.io,
          );
          session.answer(report ?? { started: false }, () =>
            report ? renderStart(report) : "nothing was started and nothing was made",
          );
          return report ? "done" : "cancelled";
        }),
    );

  command("show", "the step at hand once more")
    .argument("[step]", "e.g. 1.2 (default: the one at hand)")
    .action((step: string | undefined, options: Options) =>
      run(options)(async (session) => {
        const { labs, where } = await journey(session, options);
        const { renderStep } = await import("../render/lab.ts");
        const view = await labs.show(where, step);
        session.answer(view, () => renderStep(view));
      }),
    );

  command("check", "try every experiment of a step with your own file in force")
    .argument("[step]", "e.g. 1.2 (default: the one at hand)")
    .action((step: string | undefined, options: Options) =>
      run(options)(async (session) => {
        const { labs, where } = await journey(session, options);
        const { renderCheck } = await import("../render/lab.ts");
        const report = await labs.check(where, step);
        session.answer(report, () => renderCheck(report));
        return report.passed ? "done" : "denied";
      }),
    );

  command("next", "undo the step and prepare the next one")
    .option("--skip", "leave the step out although it has not passed")
    .action((options: Options & { skip?: boolean }) =>
      run(options)(async (session) => {
        const { labs, where } = await journey(session, options);
        const { renderNext } = await import("../render/lab.ts");
        const report = await labs.next(where, options.skip === true);
        session.answer(report, () => renderNext(report));
      }),
    );

  command("hint", "a hint for the step")
    .argument("[step]", "e.g. 1.2 (default: the one at hand)")
    .action((step: string | undefined, options: Options) =>
      run(options)(async (session) => {
        const { labs, where } = await journey(session, options);
        const { renderMarkdown } = await import("../render/markdown.ts");
        const report = await labs.hint(where, step);
        session.answer(report, () => renderMarkdown(report.hint));
      }),
    );

  command("solve", "write the solution into your file; yours is kept beside it")
    .argument("[step]", "e.g. 1.2 (default: the one at hand)")
    .action((step: string | undefined, options: Options) =>
      run(options)(async (session) => {
        const { labs, where } = await journey(session, options);
        const report = await labs.solve(where, step);
        session.answer(
          report,
          () =>
            `the solution of ${report.step} is in ${report.file}${report.kept ? `\nyour own is kept in ${report.kept}` : ""}\nnext: read it, then \`sagekeep lab check\``,
        );
      }),
    );

  command("reset", "undo the step, or the lab, and bring its files' first form back; yours are kept")
    .argument("[step]", "e.g. 1.2 (default: the one at hand)")
    .option("--lab", "the whole lab")
    .option("--force", "forget the step even if it cannot be undone")
    .action((step: string | undefined, options: Options & { lab?: boolean; force?: boolean }) =>
      run(options)(async (session) => {
        const { labs, where } = await journey(session, options);
        const report = await labs.reset(where, {
          ...(step && { step }),
          ...(options.lab && { lab: true }),
          ...(options.force && { force: true }),
        });
        session.answer(report, () =>
          [
            `undone: ${report.lab}, ${report.steps.length === 1 ? "step" : "steps"} ${report.steps.join(", ")}`,
            ...report.files.map(
              ({ file, kept }) => `  ${file} has its first form again${kept ? `; yours is ${kept}` : ""}`,
            ),
            "next: `sagekeep lab show`",
          ].join("\n"),
        );
      }),
    );

  command("status", "how far you are, step by step").action((options: Options) =>
    run(options)(async (session) => {
      const { labs, where } = await journey(session, options);
      const { renderStatus } = await import("../render/lab.ts");
      const report = await labs.status(where.folder);
      session.answer(report, () => renderStatus(report, true));
    }),
  );

  command("quiz", "the questions of a lab, with explanations")
    .argument("[lab]", "default: the one at hand")
    .option("--answers <list>", "answer without being asked: 1,3,2…")
    .action((name: string | undefined, options: Options & { answers?: string }) =>
      run(options)((session) => askQuiz(session, name, options)),
    );

  command("read", "a whole lab to read: in the terminal, or as a page that needs nothing else")
    .argument("[lab]", "e.g. 1, 01-domain (default: the one in progress, else the first)")
    .option("--html <file>", "write a page with its diagrams")
    .action((name: string | undefined, options: Options & { html?: string }) =>
      run(options)(async (session) => {
        const { labs, where } = await journey(session, options);
        const { renderMarkdown } = await import("../render/markdown.ts");
        const report = await labs.readLab(where.folder, name, options.html);
        session.answer(report, () =>
          report.file ? `written: ${report.file} (${report.bytes} bytes)` : renderMarkdown(report.markdown),
        );
      }),
    );

  command(
    "verify",
    "prove the labs: starts fail, solutions pass, texts are right, nothing is left (own local cloud)",
  )
    .argument("[labs...]", "e.g. 01-domain (default: all)")
    .option("--online", "really fetch the links to other sites")
    .option("--thorough", "compare the account after each step, not only at the end of a lab")
    .action((names: string[], options: Options & { online?: boolean; thorough?: boolean }) =>
      run(options)(async (session) => {
        const labs = await import("@sagekeep/labs");
        const { renderProof } = await import("../render/lab-proof.ts");
        const chosen = await Promise.all(names.map((name) => labs.labOf(name)));
        const report = await labs.checkLabs({
          commands: knownCommands(program),
          io: session.io,
          ...(chosen.length && { only: chosen.map(({ slug }) => slug) }),
          ...(options.online && { online: true }),
          ...(options.thorough && { thorough: true }),
        });
        session.answer(report, () => renderProof(report));
        return report.ok ? "done" : "denied";
      }),
    );

  command("run", "run a command as the administrator or a role of the labs; `sagekeep studio` is for users")
    .argument("<command...>", "the command, after `--`")
    .option("--role <name>", "as a role that the administrator assumes")
    .option("--from <where>", "vpc or internet", "internet")
    .action((args: string[], options: Options & { role?: string; from: string }) =>
      run(options)((session) => runAs(session, args, options)),
    );
};
