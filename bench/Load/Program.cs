using System.CommandLine;
using System.Runtime.InteropServices;
using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Entries;
using TlsProxy.Bench.Load.Instructions;
using TlsProxy.Bench.Load.Questions;
using TlsProxy.Bench.Load.Servers;

var proxy = new Option<string?>("--proxy") { Description = "The tlsproxy executable to measure; needless with --target." };
var target = new Option<string[]>("--target")
{
    Description = "A server that runs already, NAME=URL,pid=N with a pid= for each of its processes, measured instead of all others; "
        + "repeatable, the last is the reference.",
    DefaultValueFactory = _ => [],
};
var folder = new Option<string>("--folder") { Description = "An empty folder for files of the bench, with certs/ in it.", Required = true };
var quick = new Option<bool>("--quick") { Description = "Two objects, one number of connections, five minutes at most." };
var with = new Option<string?>("--with") { Description = "Options, and NAME=VALUE of the environment, for this build alone." };
var against = new Option<string[]>("--against")
{
    Description = "A checkout of this project, built, to compare with instead of nginx; repeatable, the last is the reference.",
    DefaultValueFactory = _ => [],
};
var loop = new Option<string?>("--sslstream-loop") { Description = "The assembly of the bare loop over SslStream." };
var floor = new Option<string?>("--floor") { Description = "The compiled bare loop in C." };
var varnish = new Option<string?>("--varnish") { Description = "A folder from which programs may be loaded, in which Varnish runs." };
var rivals = new Option<bool>("--rivals") { Description = "HAProxy and h2o as well." };
var only = new Option<string?>("--only") { Description = "Only cells whose name contains this." };
var connections = new Option<int[]>("--connections")
{
    Description = "Keep-alive connections of each cell (8 and 64; 32 with --quick).",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [],
};
var rounds = new Option<int?>("--rounds")
{
    Description = "Interleaved measurements of each server in a cell (7; 5 with --rivals or a kernel with TLS; 5 and 3 with --quick).",
};
var seconds = new Option<int?>("--seconds") { Description = "Length of one measurement (1; 2 without --quick and --rivals)." };
var patience = new Option<int>("--patience") { Description = "Seconds that the run may wait for others to leave the machine alone (0)." };
var json = new Option<string?>("--json") { Description = "File for the results as JSON." };
var report = new Option<string?>("--report") { Description = "File for the page with charts (HTML)." };
var charts = new Option<string?>("--charts") { Description = "Folder for each chart of the page as an SVG file of its own." };
var questions = new Option<string?>("--questions")
{
    Description = "Measures settings of this build against its default: those questions that have this in their names, or all.",
    Arity = ArgumentArity.ZeroOrOne,
};
var markdown = new Option<string?>("--markdown") { Description = "With --questions: a page whose blocks of figures are filled." };
var entries = new Option<int?>("--entries")
{
    Description = "Fills a cache of each build with so many small objects, and measures hits meanwhile.",
};
var libSsl = new Option<string?>("--libssl") { Description = "Folder of the libssl that every server is to use." };

var instructions = new Option<bool>("--instructions")
{
    Description = "Counts instructions; only right where a nanosecond of processor time is one, as in the virtual machine of --ktls-vm.",
    Hidden = true,
};

var command = new RootCommand("Compares servers on one core of this machine by their processor time per request.")
{
    proxy, target, folder, quick, with, against, loop, floor, varnish, rivals, only, connections, rounds, seconds, patience,
    json, report, charts, questions, markdown, entries, libSsl, instructions,
};
command.SetAction(parsed =>
{
    var isQuick = parsed.GetValue(quick);
    var options = new BenchOptions
    {
        Quick = isQuick,
        Objects = Plan.Objects(isQuick),
        Proxy = parsed.GetValue(proxy) ?? string.Empty,
        With = parsed.GetValue(with)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
        Against = parsed.GetRequiredValue(against),
        SslStreamLoop = parsed.GetValue(loop),
        Floor = parsed.GetValue(floor),
        Varnish = parsed.GetValue(varnish),
        Rivals = parsed.GetValue(rivals),
        Only = parsed.GetValue(only),
        Connections = parsed.GetRequiredValue(connections) is { Length: > 0 } counts ? counts
            : parsed.GetValue(instructions) ? [InstructionPlan.Connections] : isQuick ? [32] : [8, 64],
        Rounds = parsed.GetValue(instructions) ? InstructionPlan.Rounds
            : parsed.GetValue(rounds) ?? Plan.Rounds(isQuick, Machine.HasKernelTls, parsed.GetValue(rivals)),
        Seconds = parsed.GetValue(seconds) ?? Plan.Seconds(isQuick, parsed.GetValue(rivals)),
        Limit = parsed.GetValue(rounds) is null && parsed.GetValue(seconds) is null && parsed.GetValue(patience) == 0
            ? TimeSpan.FromMinutes(isQuick ? 5 : 45)
            : TimeSpan.MaxValue,
        Patience = TimeSpan.FromSeconds(parsed.GetValue(patience)),
        Json = parsed.GetValue(json),
        Report = parsed.GetValue(report),
        Charts = parsed.GetValue(charts),
        Markdown = parsed.GetValue(markdown),
        Folder = parsed.GetRequiredValue(folder),
        LibSsl = parsed.GetValue(libSsl),
    };

    // The servers end with this process, whatever ends it.
    using var processes = new ChildProcesses();
    using var interruption = new CancellationTokenSource();
    void End(PosixSignalContext context)
    {
        // The run ends after the measurement under way, and tells what it has.
        context.Cancel = true;
        interruption.Cancel();
    }

    using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
    using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
    try
    {
        options = options with { Targets = [.. parsed.GetRequiredValue(target).Select(Target.Parse)] };
        if (options.Targets.Count == 0 && options.Proxy.Length == 0)
            throw new BenchException("there is nothing to measure: give --proxy or --target.");
        if (parsed.GetValue(instructions))
            new InstructionRun(options, processes, interruption.Token).Run();
        else if (parsed.GetResult(questions) is not null)
            new QuestionRun(QuestionPlan.Timed(options, parsed.GetValue(questions), parsed.GetValue(rounds), parsed.GetValue(seconds)),
                processes, interruption.Token).Run();
        else if (parsed.GetValue(entries) is { } wanted)
            new EntriesRun(EntriesPlan.Timed(options, wanted, parsed.GetValue(rounds)), processes, interruption.Token).Run();
        else
            new Bench(options, processes, interruption.Token).Run();
        return 0;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("bench: interrupted; the figures above are those that had been measured.");
        return 130;
    }
    catch (BenchException exception)
    {
        Console.Error.WriteLine($"bench: {exception.Message}");
        return 1;
    }
});
return command.Parse(args).Invoke();
