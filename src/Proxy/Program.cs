using System.Text;
using Microsoft.Win32.SafeHandles;
using TlsProxy.Proxy.Hosting;
using TlsProxy.Uring.Processes;

if (DescriptorBudget.RefusalOf(DescriptorLimit.Raise(), isServing: args is ["serve", ..]) is not { } refusal)
    return CommandLine.Run(args);

// Neither the console nor what a start needs can be loaded without descriptors.
const int StandardError = 2;
using var error = new FileStream(new SafeFileHandle(StandardError, ownsHandle: false), FileAccess.Write, bufferSize: 0);
error.Write(Encoding.UTF8.GetBytes($"tlsproxy: {refusal}\n"));
return 1;
