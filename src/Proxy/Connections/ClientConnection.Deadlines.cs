using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Connections;

/// <content>What happens when time is up.</content>
internal sealed partial class ClientConnection
{
    public void OnDeadline(Deadline deadline)
    {
        if (TryCancelStart())
        {
            _worker.Counters.CountDeadline();
            return;
        }

        if (TryEndIdle())
            return;
        if (_life.State == ConnectionState.Reading)
        {
            _worker.Counters.CountDeadline();
            _exchange.BodyWanted = true;
            Refuse(Refusal.HeadTimeout);
            return;
        }

        if (_life.State == ConnectionState.Leaving)
        {
            Close();
            return;
        }

        if (_life.State == ConnectionState.Waiting)
        {
            _worker.Counters.CountDeadline();
            LeaveFetch();
            if (_channel.IsSending)
                Abort();
            else
                Refuse(Refusal.BodyTimeout);
            return;
        }

        // A reader that has taken a byte since, or that waits for the origin, isn't slow.
        if (_channel.SentBytes != _exchange.SentAtLastLook || _sender.WaitsForBody)
        {
            _exchange.SentAtLastLook = _channel.SentBytes;
            _worker.Loop.Arm(_deadline, Deadlines.Write);
            return;
        }

        _worker.Counters.CountDeadline();
        Abort();
    }

    private void ArmBodyDeadline()
    {
        if (_body.IsReading)
            _worker.Loop.Arm(_deadline, Deadlines.Body);
        else
            EventLoop.Disarm(_deadline);
    }
}
