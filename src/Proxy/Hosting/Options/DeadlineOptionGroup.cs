using System.CommandLine;
using TlsProxy.Proxy.Exchanges;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The options behind <see cref="DeadlineOptions"/>, and the time for the end.</summary>
internal sealed class DeadlineOptionGroup : OptionGroup
{
    private readonly Option<TimeSpan> _handshake;
    private readonly Option<TimeSpan> _head;
    private readonly Option<TimeSpan> _body;
    private readonly Option<long> _bodyRate;
    private readonly Option<TimeSpan> _idle;
    private readonly Option<TimeSpan> _write;
    private readonly Option<TimeSpan> _drainIdle;
    private readonly Option<TimeSpan> _drain;

    public DeadlineOptionGroup()
        : base(HelpSection.Limits)
    {
        var standard = new DeadlineOptions();
        _handshake = TimeLimit("--handshake-timeout", "Time for a header of the PROXY protocol and a TLS handshake.", standard.Handshake);
        _head = TimeLimit("--head-timeout", "Time for a request head to arrive.", standard.Head);
        _body = TimeLimit("--body-timeout", "Time without a byte of a request's body.", standard.Body);
        _bodyRate = Bytes(
            "--body-rate-min",
            "Slowest average pace of a request's body in bytes a second, measured after 5 s and only while the proxy is ready to read; "
            + "0 for any.",
            standard.BodyRateMinimum);
        _idle = TimeLimit("--idle-timeout", "Time between two requests of a connection.", standard.Idle);
        _write = TimeLimit(
            "--write-timeout",
            "Time without a byte taken by the reader of a response, or in which it holds up others that share an answer of unknown length.",
            standard.Write);
        _drainIdle = TimeLimitOrNone(
            "--drain-idle",
            "Time for the next request of a kept connection after SIGTERM, which is answered with Connection: close; at most half of "
            + "--drain-timeout, 0 for none.",
            standard.IdleWhileDraining);
        _drain = TimeLimitOrNone(
            "--drain-timeout", "Time for responses on their way after SIGTERM; 0 cuts them.", TimeSpan.FromSeconds(30));
    }

    public DeadlineOptions Bind(ParseResult parsed) => new()
    {
        Handshake = parsed.GetRequiredValue(_handshake),
        Head = parsed.GetRequiredValue(_head),
        Body = parsed.GetRequiredValue(_body),
        BodyGrace = ShorterOf(new DeadlineOptions().BodyGrace, parsed.GetRequiredValue(_body)),
        BodyRateMinimum = parsed.GetRequiredValue(_bodyRate),
        Idle = parsed.GetRequiredValue(_idle),
        Write = parsed.GetRequiredValue(_write),
        IdleWhileDraining = ShorterOf(parsed.GetRequiredValue(_drainIdle), BindDrain(parsed) / 2),
    };

    private static TimeSpan ShorterOf(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>How long responses on their way may take once the end was asked for.</summary>
    public TimeSpan BindDrain(ParseResult parsed) => parsed.GetRequiredValue(_drain);
}
