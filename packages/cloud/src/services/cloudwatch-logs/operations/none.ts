/** Lists of what nobody can make here: truly empty. */
import type { Operations } from "../operation.ts";

export const emptyLists: Operations = {
  DescribeDestinations: () => ({ destinations: [] }),
  DescribeAccountPolicies: () => ({ accountPolicies: [] }),
  ListLogAnomalyDetectors: () => ({ anomalyDetectors: [] }),
  DescribeDeliveries: () => ({ deliveries: [] }),
  DescribeDeliverySources: () => ({ deliverySources: [] }),
  DescribeDeliveryDestinations: () => ({ deliveryDestinations: [] }),
};
