using System.CommandLine;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;
using TlsProxy.Proxy.Hosting.Doctor;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting;

/// <summary>The commands of <c>tlsproxy</c>.</summary>
internal static class CommandLine
{
    /// <summary>Runs a command to its end.</summary>
    /// <returns>The exit status.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Run(string[] args) => RunAsync(args).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(string[] args)
    {
        var serve = new ServeCommand();
        var doctor = new DoctorCommand();
        var root = new RootCommand("A caching HTTPS proxy on io_uring and kernel TLS.") { serve, doctor };
        _ = GroupedHelp.Of(root);
        // The host handles the signals: it drains before it ends.
        var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
        try
        {
            var completed = ConfiguredArguments.Complete(root, args, Environment.GetEnvironmentVariable, out var config);
            serve.Config = config;
            doctor.Config = config;
            var parsed = root.Parse(completed);
            if (parsed.Action is ParseErrorAction)
                return Complain(CommandLineErrors.Of(parsed), parsed.CommandResult.Command);
            serve.UnknownVariables = doctor.UnknownVariables = [.. UnknownVariables.Find(root, Variables())];
            return await parsed.InvokeAsync(invocation).ConfigureAwait(false);
        }
        catch (StartException exception)
        {
            var command = root.Subcommands.FirstOrDefault(command => args.Length > 0 && command.Name == args[0]);
            return Complain([exception.Message], command ?? root);
        }
    }

    private static int Complain(IEnumerable<string> sentences, Command command)
    {
        foreach (var sentence in sentences)
            Console.Error.WriteLine($"tlsproxy: {sentence}");
        Console.Error.WriteLine($"See tlsproxy {(command is RootCommand ? string.Empty : command.Name + " ")}--help.");
        return 1;
    }

    private static IEnumerable<KeyValuePair<string, string?>> Variables()
    {
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
            yield return new((string)variable.Key, (string?)variable.Value);
    }
}
