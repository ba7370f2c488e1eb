/// <summary>A thread in another program that isn't the program's own, as agents of monitoring bring them: the runtime loads this assembly
/// where DOTNET_STARTUP_HOOKS names it. The thread throws when a FIFO has been opened by a test.</summary>
internal static class StartupHook
{
    private const string Fifo = "TEST_FOREIGN_THREAD_FIFO";
    private const string Kind = "TEST_FOREIGN_THREAD_EXCEPTION";

    /// <summary>Called by the runtime before Main.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(Fifo) is not { } fifo)
            return;
        var kind = Type.GetType(Environment.GetEnvironmentVariable(Kind)!, throwOnError: true)!;
        var thread = new Thread(() =>
        {
            File.ReadAllText(fifo);
            throw (Exception)Activator.CreateInstance(kind, "The test's own,\nin two lines.")!;
        })
        {
            IsBackground = true,
            Name = "foreign",
        };
        thread.Start();
    }
}
