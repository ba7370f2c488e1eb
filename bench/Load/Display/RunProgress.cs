using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace TlsProxy.Bench.Load.Display;

/// <summary>Shows on standard error how far a run is and how long it will still take: a bar on a terminal, else a line every ten
/// seconds.</summary>
internal sealed class RunProgress
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly TimeLeft _left;
    private readonly TimeSpan _limit;
    private readonly Action<string> _say;
    private readonly Action<double, string> _draw;
    private string _what = "starting";
    private double _ofThis;

    private RunProgress(TimeLeft left, TimeSpan limit, Action<string> say, Action<double, string> draw)
    {
        _left = left;
        _limit = limit;
        _say = say;
        _draw = draw;
    }

    /// <summary>Runs with the display.</summary>
    /// <param name="planned">Seconds that all measurements are to take.</param>
    /// <param name="limit">What doesn't fit into this time is left out.</param>
    public static void Show(double planned, TimeSpan limit, Action<RunProgress> run)
    {
        var left = new TimeLeft(planned);
        if (Console.IsErrorRedirected)
        {
            var last = Stopwatch.StartNew();
            run(new RunProgress(left, limit, Console.Error.WriteLine, (_, text) =>
            {
                if (last.Elapsed < BetweenLines)
                    return;
                last.Restart();
                Console.Error.WriteLine($"bench: {text}");
            }));
            return;
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        var text = new TaskDescriptionColumn { Alignment = Justify.Left };
        console.Progress().AutoClear(true).Columns(new ProgressBarColumn(), text).Start(context =>
        {
            var bar = context.AddTask("starting", maxValue: 1);
            run(new RunProgress(left, limit, console.WriteLine, (share, said) =>
            {
                bar.Value = share;
                bar.Description = Markup.Escape(said);
            }));
        });
    }

    /// <param name="seconds">That its measurements are to take.</param>
    /// <returns>False where it doesn't fit into the time of a run; that has been said.</returns>
    public bool TryBegin(string what, double seconds)
    {
        if (!_left.Fits(seconds, _clock.Elapsed, _limit))
        {
            Say(string.Create(CultureInfo.InvariantCulture, $"bench: left out, since a run has {_limit.TotalMinutes:F0} minutes: {what}"));
            _left.Add(seconds);
            return false;
        }

        _what = what;
        _ofThis = seconds;
        Draw();
        return true;
    }

    /// <summary>A measurement of the comparison that has begun is done.</summary>
    /// <param name="seconds">Of the plan.</param>
    public void Advance(double seconds)
    {
        var added = Math.Min(seconds, _ofThis);
        _ofThis -= added;
        _left.Add(added);
        Draw();
    }

    /// <summary>The comparison is done, with more or fewer measurements than planned.</summary>
    public void End() => Advance(_ofThis);

    public void Say(string line) => _say(line);

    private void Draw()
    {
        var left = _left.After(_clock.Elapsed);
        var time = left.TotalSeconds < 60
            ? string.Create(CultureInfo.InvariantCulture, $"{left.TotalSeconds:F0} s")
            : string.Create(CultureInfo.InvariantCulture, $"{left.TotalMinutes:F0} min");
        _draw(_left.Share, string.Create(CultureInfo.InvariantCulture, $"{_left.Share:P0}, about {time} left: {_what}"));
    }
}
