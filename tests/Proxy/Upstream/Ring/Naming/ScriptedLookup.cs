using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Naming;

/// <summary>A resolver that answers when a test says so, and sees that it is asked one thing at a time.</summary>
internal sealed class ScriptedLookup
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    private readonly Channel<TaskCompletionSource<IPAddress[]>> _asked = Channel.CreateUnbounded<TaskCompletionSource<IPAddress[]>>();
    private TaskCompletionSource<IPAddress[]>? _last;
    private int _count;

    /// <summary>Lookups so far.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Null, or the host of a lookup that began while another was under way.</summary>
    public string? Overlapping { get; private set; }

    /// <summary>What each lookup gets at once; null where the test answers.</summary>
    public Task<IPAddress[]>? Ready { get; set; }

    public Task<IPAddress[]> AskAsync(string host, CancellationToken cancellation)
    {
        if (Ready is { } ready)
        {
            Interlocked.Increment(ref _count);
            return ready;
        }

        var answer = new TaskCompletionSource<IPAddress[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.Exchange(ref _last, answer) is { Task.IsCompleted: false })
            Overlapping = host;
        Interlocked.Increment(ref _count);
        Assert.True(_asked.Writer.TryWrite(answer));
        return answer.Task;
    }

    /// <summary>Waits for the next lookup.</summary>
    public Task<TaskCompletionSource<IPAddress[]>> NextAsync() => _asked.Reader.ReadAsync().AsTask().WaitAsync(s_limit);

    /// <summary>Waits for the next lookup and answers it.</summary>
    public async Task AnswerAsync(params string[] addresses) =>
        (await NextAsync()).SetResult(Array.ConvertAll(addresses, IPAddress.Parse));

    /// <summary>Waits for the next lookup and lets it fail.</summary>
    public async Task FailAsync(SocketError error) => (await NextAsync()).SetException(new SocketException((int)error));
}
