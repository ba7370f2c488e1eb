using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;

namespace TlsProxy.Bench.Load.Measuring;

/// <summary>Tries what may fail twice, so that one bad moment of a machine or a server neither ends a run nor is kept quiet.</summary>
/// <param name="tell">Learns of each failure at once.</param>
/// <param name="interrupted">Ends the run between two tries.</param>
internal sealed class Attempts(Action<Failure> tell, CancellationToken interrupted)
{
    private readonly List<Failure> _failures = [];

    /// <summary>All failures so far, in their order.</summary>
    public IReadOnlyList<Failure> Failures => _failures;

    /// <param name="round">From 1; 0 for what comes before the rounds.</param>
    /// <param name="words">What the server's log ends with, where it has ended.</param>
    /// <returns>Null where both tries failed.</returns>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    public T? Try<T>(string server, string cell, int round, Func<T> measure, Func<string?>? words = null)
        where T : class
    {
        for (var isSecond = false; ; isSecond = true)
        {
            interrupted.ThrowIfCancellationRequested();
            try
            {
                return measure();
            }
            catch (Exception exception) when (IsOfMeasuring(exception))
            {
                // A client or server that the interruption ended has not failed.
                interrupted.ThrowIfCancellationRequested();
                var said = words?.Invoke() is { } last ? $"{exception.Message} Its log ends: {last}" : exception.Message;
                var failure = new Failure(server, cell, round, OnOneLine(said), LeftOut: isSecond);
                _failures.Add(failure);
                tell(failure);
                if (isSecond)
                    return null;
            }
        }
    }

    private static string OnOneLine(string text) => string.Join(' ', text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Faults of a server, its connections or its answers; those of the bench's own code end it.</summary>
    private static bool IsOfMeasuring(Exception exception) =>
        exception is BenchException or HttpRequestException or IOException or SocketException or AuthenticationException or JsonException
            or TaskCanceledException or TimeoutException;
}
