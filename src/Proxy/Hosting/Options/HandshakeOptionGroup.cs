using System.CommandLine;
using TlsProxy.Proxy.Connections.Handshakes;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>What handshakes may take of the machine, all workers together.</summary>
/// <param name="HeldMaximum">Unfinished handshakes that hold memory of the TLS library.</param>
/// <param name="StepsPerTurn">Steps that a worker takes before it looks after established connections again.</param>
internal sealed record HandshakeOptions(int HeldMaximum, int StepsPerTurn)
{
    /// <summary>One worker's share.</summary>
    public HandshakeLimits ShareOf(int workers) =>
        new() { HeldMaximum = Math.Max(1, HeldMaximum / workers), StepsPerTurn = StepsPerTurn };
}

/// <summary>The options behind <see cref="HandshakeOptions"/>.</summary>
internal sealed class HandshakeOptionGroup : OptionGroup
{
    private const int MemoryDivisor = 16;
    private const int DefaultMinimum = 256;
    private const int DefaultMaximum = 4096;

    private readonly Option<int> _held;
    private readonly Option<int> _stepsPerTurn;

    public HandshakeOptionGroup()
        : base(HelpSection.Limits)
    {
        _held = Number(
            "--max-handshakes",
            $"TLS handshakes at once that have begun and not ended, about {HandshakeLimits.HeldBytes / 1024} KiB each, "
            + "and one with long messages counts as several; a further one takes the place of the oldest. "
            + "By default a sixteenth of the memory limit is for them, 256 to 4096.",
            (int)Math.Clamp(MemoryLimit.Bytes / MemoryDivisor / HandshakeLimits.HeldBytes, DefaultMinimum, DefaultMaximum), 1, 1_000_000);
        _stepsPerTurn = Number(
            "--handshakes-per-turn",
            "Handshake steps that a worker takes before it looks after established connections again.",
            new HandshakeLimits().StepsPerTurn, 1, 10_000);
    }

    public HandshakeOptions Bind(ParseResult parsed) => new(parsed.GetRequiredValue(_held), parsed.GetRequiredValue(_stepsPerTurn));
}
