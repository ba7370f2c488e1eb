using System.Net;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Proxy.Hosting.Takeover;

/// <summary>The side of the process that takes over. Until <see cref="Confirm"/> the process before accepts and serves as ever, so that
/// whatever ends this one, that one goes on.</summary>
internal sealed class TakeoverClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // A crash closes the sockets of a process in no order, within some milliseconds.
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndPeriod = TimeSpan.FromMilliseconds(10);

    // Addresses and sockets for each of them that are believed: 1,024 workers with some addresses each.
    private const int SocketsMaximum = 16 * 1024;

    private readonly TakeoverChannel _channel;

    private TakeoverClient(TakeoverChannel channel) => _channel = channel;

    /// <summary>The number of the process before.</summary>
    public int Process => _channel.Process;

    /// <summary>Connects to the process that serves.</summary>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="StartException">It can't be spoken to.</exception>
    public static TakeoverClient? TryConnect(string path)
    {
        if (TakeoverSocket.TryConnect(path) is not { } socket)
            return null;
        return Attempt(() => new TakeoverClient(new TakeoverChannel(socket, Patience)));
    }

    /// <summary>Receives the listening sockets.</summary>
    /// <exception cref="StartException">They didn't come.</exception>
    public InheritedSockets Receive() => Attempt(() =>
    {
        _channel.Send(TakeoverChannel.Greeting);
        _channel.Expect(TakeoverChannel.Greeting);
        var inherited = new InheritedSockets();
        try
        {
            for (var left = SocketsMaximum; left > 0;)
            {
                var descriptors = new List<int>();
                var message = _channel.Receive(descriptors);
                left -= Math.Max(1, descriptors.Count);
                if (message == TakeoverChannel.End)
                    return inherited;
                Add(inherited, message, descriptors);
            }

            throw new TakeoverException($"process {Process} sent more than {SocketsMaximum} sockets");
        }
        catch
        {
            inherited.Dispose();
            throw;
        }
    });

    /// <summary>Tells the process before that it may drain: this one accepts at those addresses.</summary>
    /// <returns>Null when it does, or why that isn't known.</returns>
    public string? Confirm(IEnumerable<IPEndPoint> addresses)
    {
        try
        {
            _channel.Send($"{TakeoverChannel.Ready} {string.Join(' ', addresses)}");
            _channel.Expect(TakeoverChannel.Draining);
            return null;
        }
        catch (TakeoverException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Whether the process before has ended, or does soon: what ends a conversation may be its crash.</summary>
    public bool WaitForEnd()
    {
        for (var left = EndPatience; left > TimeSpan.Zero; left -= EndPeriod)
        {
            if (HasEnded(Process))
                return true;
            Thread.Sleep(EndPeriod);
        }

        return false;
    }

    public void Dispose() => _channel.Dispose();

    /// <summary>Its sockets are closed: there is no such process, or nothing of it but its status (proc_pid_stat(5)).</summary>
    private static bool HasEnded(int process)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{process}/stat");
            return status[(status.LastIndexOf(')') + 1)..].TrimStart() is ['Z' or 'X', ..];
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static void Add(InheritedSockets inherited, string message, List<int> descriptors)
    {
        var parts = message.Split(' ');
        if (parts.Length != 3 || parts[0] != TakeoverChannel.Sockets || descriptors.Count == 0)
        {
            TakeoverChannel.Close(descriptors);
            throw new TakeoverException($"'{TakeoverChannel.Shorten(message)}' isn't understood");
        }

        // The kernel is asked what they are: a socket that doesn't listen would be accepted from in vain.
        var addresses = descriptors.ConvertAll(SocketCalls.ListeningAddress);
        if (addresses.Contains(null))
        {
            TakeoverChannel.Close(descriptors);
            throw new TakeoverException("a descriptor that came isn't a listening socket");
        }

        for (var i = 0; i < descriptors.Count; i++)
            inherited.Add(parts[1], parts[2], addresses[i]!, descriptors[i]);
    }

    private static T Attempt<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (TakeoverException exception)
        {
            throw new StartException($"--takeover: {exception.Message}; the running process goes on serving.");
        }
    }
}
