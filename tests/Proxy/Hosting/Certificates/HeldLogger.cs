using Microsoft.Extensions.Logging;

namespace TlsProxy.Proxy.Tests.Hosting.Certificates;

/// <summary>Holds each reload at its last line until the test lets it go on, or has it throw there.</summary>
internal sealed class HeldLogger : ILogger, IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _begun = new(0);
    private volatile bool _throws;

    /// <summary>A release for each reload that may end.</summary>
    public SemaphoreSlim GoOn { get; } = new(0);

    public bool Throws
    {
        get => _throws;
        set => _throws = value;
    }

    /// <summary>Why the reloads that have ended were made; for a test that has waited for them.</summary>
    public List<string> Causes { get; } = [];

    public void AwaitReload() => Assert.True(_begun.Wait(s_patience));

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        const string Cause = "Cause";
        if (state is not IReadOnlyList<KeyValuePair<string, object?>> values || values.All(value => value.Key != Cause))
            return;
        _begun.Release();
        Assert.True(GoOn.Wait(s_patience));
        if (Throws)
            throw new InvalidOperationException("The test's own.");
        Causes.Add((string)values.Single(value => value.Key == Cause).Value!);
    }

    public void Dispose()
    {
        _begun.Dispose();
        GoOn.Dispose();
    }
}
